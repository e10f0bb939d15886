"""What people read in a calendar for the words of the contracts, in French."""

from collections.abc import Mapping

from common.contracts.actions import ActionType, ClosedCircuit, ObligationKind, ResponsibleBody

T, K, B, C = ActionType, ObligationKind, ResponsibleBody, ClosedCircuit

TYPES: Mapping[ActionType, str] = {
    T.OPEN_AIR_SCREENING: "Séance en plein air",
    T.SPECIAL_SCREENING: "Séance spéciale",
    T.CLOSED_ROOM_SCREENING: "Projection en structure",
    T.FILMMAKING_WORKSHOP: "Atelier de réalisation",
    T.DISCOVERY_WORKSHOP: "Atelier de sensibilisation",
    T.PROGRAMMING_WORKSHOP: "Atelier de programmation",
    T.JURY_WORKSHOP: "Atelier passeurs-jury",
    T.FESTIVAL_JOURNEY: "Parcours en festival",
    T.MEETING: "Rencontre",
    T.TRAINING: "Formation",
    T.DISSEMINATION: "Restitution",
}

OBLIGATIONS: Mapping[ObligationKind, str] = {
    K.CNC_AUTHORISATION: "Demander l’autorisation de plein air",
    K.CNC_DECLARATION: "Déclarer la séance déplacée",
    K.PERMIT: "Obtenir l’accord du maire",
    K.SITE_APPROVAL: "Obtenir l’accord de l’établissement",
    K.RIGHTS: "Obtenir les droits du film",
    K.MATERIAL: "Recevoir la copie et sa clé",
    K.NEIGHBOURS: "Prévenir les cinémas voisins",
    K.MUSIC: "Déclarer la musique",
    K.IMAGE_CONSENTS: "Recueillir les autorisations d’image",
}

BODIES: Mapping[ResponsibleBody, str] = {
    B.DRAC: "DRAC",
    B.CNC: "CNC",
    B.MUNICIPALITY: "mairie",
    B.SITE_AUTHORITY: "autorité de l’établissement",
    B.RIGHTS_HOLDER: "ayant droit",
    B.CINEMAS: "cinémas voisins",
    B.SACEM: "Sacem",
    B.PARTICIPANTS: "participants",
}

CIRCUITS: Mapping[ClosedCircuit | None, str] = {
    C.PRISON: "Établissement pénitentiaire",
    C.YOUTH_JUSTICE: "Établissement de la protection judiciaire de la jeunesse",
    C.HOSPITAL: "Établissement de santé",
    C.MEDICO_SOCIAL: "Établissement médico-social",
    None: "Établissement fermé",
}
"""The kind of establishment, which is all that is told of one from outside (R41)."""
