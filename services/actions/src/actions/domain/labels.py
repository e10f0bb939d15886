"""What people read for the words of the contracts, in French: in a calendar, and in the sentences of a refusal."""

from collections.abc import Mapping
from enum import StrEnum

from common.contracts.actions import (
    ActionStatus,
    ActionType,
    AuthorisationStatus,
    CampaignStatus,
    ClearanceStatus,
    ClosedCircuit,
    Companion,
    Dimension,
    LineStatus,
    ObligationKind,
    PartnerFunction,
    PaymentStage,
    ProjectStatus,
    Regime,
    ReportStatus,
    ResponsibleBody,
    SessionStatus,
    Support,
)
from common.contracts.catalogue import Classification, CopyFormat, RightsTerritory, RightsUse

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

FUNCTIONS: Mapping[PartnerFunction, str] = {
    PartnerFunction.CULTURAL_ACTOR: "acteur culturel",
    PartnerFunction.LOCAL_AUTHORITY: "collectivité",
    PartnerFunction.PUBLIC_STRUCTURE: "structure en lien avec le public",
    PartnerFunction.TECHNICAL_PROVIDER: "prestataire technique",
    PartnerFunction.ARTIST: "artiste",
    PartnerFunction.HOST: "lieu d’accueil",
}

COMPANIONS: Mapping[Companion, str] = {
    Companion.ANY: "atelier, rencontre ou restitution",
    Companion.PROGRAMMING_WORKSHOP_BEFORE: "atelier de programmation avant la séance",
}

DIMENSIONS: Mapping[Dimension, str] = {
    Dimension.AGE_BAND: "tranche d’âge",
    Dimension.GENDER: "genre",
    Dimension.IN_DISTRICT: "résidence en quartier prioritaire",
}

CLASSES: Mapping[Classification, str] = {
    Classification.ALL: "tous publics",
    Classification.U12: "interdit aux moins de 12 ans",
    Classification.U16: "interdit aux moins de 16 ans",
    Classification.U18: "interdit aux moins de 18 ans",
    Classification.U18_X: "interdit aux moins de 18 ans et inscrit sur la liste",
}

USES: Mapping[RightsUse, str] = {
    RightsUse.COMMERCIAL: "commercial",
    RightsUse.NON_COMMERCIAL_INDOOR: "non commercial en salle",
    RightsUse.OPEN_AIR: "en plein air",
}

TERRITORIES: Mapping[RightsTerritory, str] = {
    RightsTerritory.METROPOLITAN: "métropole",
    RightsTerritory.GUADELOUPE: "Guadeloupe",
    RightsTerritory.MARTINIQUE: "Martinique",
    RightsTerritory.GUYANE: "Guyane",
    RightsTerritory.REUNION: "La Réunion",
    RightsTerritory.MAYOTTE: "Mayotte",
}

SUPPORTS: Mapping[Support, str] = {
    Support.DCP: "DCP",
    Support.BLU_RAY: "Blu-ray",
    Support.DVD_WITH_RIGHTS: "DVD avec droits",
    Support.FILE: "fichier",
    Support.FILM_REEL: "pellicule",
    Support.PRIVATE_DISC: "disque d’usage privé",
}

FORMATS: Mapping[CopyFormat, str] = {
    CopyFormat.DCP: "DCP",
    CopyFormat.BLU_RAY: "Blu-ray",
    CopyFormat.FILE: "fichier",
    CopyFormat.FILM_35MM: "pellicule 35 mm",
    CopyFormat.FILM_16MM: "pellicule 16 mm",
}

REGIMES: Mapping[Regime, str] = {
    Regime.COMMERCIAL_CINEMA: "séance commerciale",
    Regime.COMMERCIAL_MOVED: "séance commerciale déplacée",
    Regime.NC_ASSOCIATION_PAID: "séance payante d’association",
    Regime.NC_CINECLUB: "ciné-club",
    Regime.NC_HERITAGE: "cinémathèque",
    Regime.NC_PUBLIC_SERVICE: "service public",
    Regime.NC_FREE: "séance gratuite",
    Regime.NC_OPEN_AIR: "plein air non commercial",
}

CAMPAIGNS: Mapping[CampaignStatus, str] = {
    CampaignStatus.DRAFT: "en préparation",
    CampaignStatus.OPEN: "ouverte",
    CampaignStatus.CLOSED: "close",
}

PROJECTS: Mapping[ProjectStatus, str] = {
    ProjectStatus.DRAFT: "en préparation",
    ProjectStatus.SUBMITTED: "déposé",
    ProjectStatus.INCOMPLETE: "incomplet",
    ProjectStatus.ELIGIBLE: "recevable",
    ProjectStatus.INELIGIBLE: "irrecevable",
    ProjectStatus.VALIDATED: "validé",
    ProjectStatus.DEFERRED: "ajourné",
    ProjectStatus.REJECTED: "refusé",
    ProjectStatus.FUNDED: "financé",
    ProjectStatus.CLOSED: "clos",
    ProjectStatus.WITHDRAWN: "retiré",
    ProjectStatus.CANCELLED: "annulé",
}

ACTIONS: Mapping[ActionStatus, str] = {
    ActionStatus.PLANNED: "prévue",
    ActionStatus.SCHEDULED: "programmée",
    ActionStatus.IN_PROGRESS: "en cours",
    ActionStatus.POSTPONED: "reportée",
    ActionStatus.HELD: "réalisée",
    ActionStatus.CANCELLED: "annulée",
}

REPORTS: Mapping[ReportStatus | None, str] = {
    ReportStatus.SUBMITTED: "remis",
    ReportStatus.RETURNED: "retourné",
    ReportStatus.VALIDATED: "validé",
    ReportStatus.AMENDED: "corrigé",
    None: "absent",
}

SESSIONS: Mapping[SessionStatus, str] = {
    SessionStatus.PLANNED: "prévue",
    SessionStatus.POSTPONED: "reportée",
    SessionStatus.HELD: "tenue",
    SessionStatus.CANCELLED: "annulée",
}

LINES: Mapping[LineStatus, str] = {
    LineStatus.PLANNED: "prévue",
    LineStatus.REQUESTED: "demandée",
    LineStatus.GRANTED: "accordée",
    LineStatus.PARTIALLY_GRANTED: "accordée en partie",
    LineStatus.REFUSED: "refusée",
    LineStatus.AGREEMENT_SIGNED: "conventionnée",
    LineStatus.ADVANCE_PAID: "payée en acompte",
    LineStatus.BALANCE_PAID: "soldée",
    LineStatus.CLAWED_BACK: "reversée",
}

PAYMENTS: Mapping[PaymentStage, str] = {
    PaymentStage.ADVANCE: "payer un acompte",
    PaymentStage.BALANCE: "payer le solde",
    PaymentStage.CLAWBACK: "reprendre une somme",
}

AUTHORISATIONS: Mapping[AuthorisationStatus, str] = {
    AuthorisationStatus.NOT_REQUIRED: "non requise",
    AuthorisationStatus.TO_REQUEST: "à demander",
    AuthorisationStatus.REQUESTED: "demandée",
    AuthorisationStatus.OPINION_GIVEN: "instruite, avis donné",
    AuthorisationStatus.GRANTED: "accordée",
    AuthorisationStatus.REFUSED: "refusée",
    AuthorisationStatus.AMENDMENT_REQUESTED: "en cours de complément",
}

CLEARANCES: Mapping[ClearanceStatus, str] = {
    ClearanceStatus.TO_REQUEST: "à envoyer",
    ClearanceStatus.REQUESTED: "envoyée",
    ClearanceStatus.QUOTED: "chiffrée",
    ClearanceStatus.CONFIRMED: "confirmée",
    ClearanceStatus.MATERIAL_RECEIVED: "confirmée, copie reçue",
    ClearanceStatus.SETTLED: "réglée",
    ClearanceStatus.REFUSED: "refusée",
    ClearanceStatus.LAPSED: "caduque",
}

STATES: Mapping[str, Mapping[StrEnum | None, str]] = {
    "campaign": dict[StrEnum | None, str](CAMPAIGNS.items()),
    "project": dict[StrEnum | None, str](PROJECTS.items()),
    "action": dict[StrEnum | None, str](ACTIONS.items()),
    "report": dict[StrEnum | None, str](REPORTS.items()),
}
"""What the state of an aggregate is called, in the gender of its noun."""

VERBS: Mapping[str, str] = {
    "campaign.change_rules": "changer les règles",
    "campaign.open": "ouvrir l’appel",
    "campaign.close": "clore l’appel",
    "project.add_action": "ajouter une action",
    "project.change": "modifier le dossier",
    "project.prior_contact": "noter le contact préalable",
    "project.submit": "déposer le dossier",
    "project.return": "demander des pièces",
    "project.resubmit": "déposer à nouveau le dossier",
    "project.declare_eligible": "déclarer le dossier recevable",
    "project.declare_ineligible": "déclarer le dossier irrecevable",
    "project.lapse": "constater que les pièces ne sont pas venues",
    "project.decide": "décider en comité",
    "project.reinstate": "réinscrire le dossier",
    "project.withdraw": "retirer le dossier",
    "project.decide_line": "décider de la subvention",
    "project.send_convention": "envoyer la convention",
    "project.sign_convention": "signer la convention",
    "project.revise_budget": "réviser le budget",
    "project.fund": "arrêter le plan de financement",
    "project.pay_line": "payer la subvention",
    "project.submit_account": "remettre le compte rendu financier",
    "project.accept_account": "accepter le compte rendu financier",
    "project.report": "remettre le bilan",
    "project.close": "clore le projet",
    "action.change": "décrire l’action autrement",
    "action.plan_session": "prévoir une séance",
    "action.cancel_session": "annuler la séance",
    "action.record_attendance": "saisir la fréquentation",
    "action.change_clearance": "faire avancer les droits",
    "action.choose_copy": "choisir la copie",
    "action.expect_audience": "dire le public attendu",
    "action.request_authorisation": "demander l’autorisation",
    "action.amend_authorisation": "demander un complément d’autorisation",
    "action.record_opinion": "donner l’avis",
    "action.decide_authorisation": "décider de l’autorisation",
    "action.inform_neighbours": "noter que les cinémas voisins sont prévenus",
    "action.declare_move": "déclarer le déplacement",
    "action.settle_obligation": "justifier d’une obligation",
    "action.record_permit": "consigner l’accord pour le lieu",
    "action.approve_site": "répondre pour le lieu fermé",
    "action.schedule": "programmer l’action",
    "action.start": "commencer l’action",
    "action.postpone": "reporter l’action",
    "action.reschedule": "donner une nouvelle date",
    "action.hold": "déclarer l’action réalisée",
    "action.cancel": "annuler l’action",
    "action.lapse": "constater la fin de la campagne",
    "action.flag": "signaler un risque",
    "report.return": "retourner le bilan",
    "report.resubmit": "remettre le bilan",
    "report.validate": "valider le bilan",
    "report.amend": "corriger le bilan",
}
"""What each verb does, as a sentence about it begins."""
