"""What film law refuses of a screening, and what a screening lacks, in words a user may read."""

from common.errors import Conflict, Invalid, NotKnownHere


class OpenAirIndoors(Invalid):
    title = "An open-air screening cannot take place indoors."
    titre = "Une séance en plein air ne peut pas avoir lieu en salle."


class OpenAirNotFree(Invalid):
    title = "An open-air screening of the scheme is free."
    titre = "Une séance en plein air du dispositif est gratuite."


class FallbackIsThePlace(Invalid):
    title = "The room to fall back to is another place than the one outside."
    titre = "La salle de repli est un autre lieu que celui du dehors."


class FallbackNotLater(Invalid):
    title = "The day to fall back to comes after the session's own."
    titre = "La date de repli vient après celle de la séance."


class RegimeContradicts(Invalid):
    title = "The legal regime contradicts the setting, the price or the organiser."
    titre = "Le régime juridique contredit le cadre, le prix ou l’organisateur."


class SessionsIncomplete(Conflict):
    title = "Every session needs a place, a person in charge and, for a screening, its films."
    titre = "Chaque séance demande un lieu, un responsable et, pour une projection, ses films."


class VisaDelayNotElapsed(Conflict):
    title = "The legal delay after the film's visa has not elapsed on that day."
    titre = "Le délai légal après le visa du film n’est pas écoulé à cette date."


class VisaDateUnknown(Conflict):
    title = "The film has a visa whose date is not known, so that the legal delay cannot be counted."
    titre = "Le film a un visa dont la date n’est pas connue : le délai légal ne peut pas être compté."


class NotALicensedOperator(Conflict):
    title = "Only a licensed operator organises commercial screenings."
    titre = "Seul un exploitant autorisé organise des séances commerciales."


class NotHabilitated(Conflict):
    title = "Only a habilitated ciné-club or a cinémathèque organises screenings under its regime."
    titre = "Seuls un ciné-club habilité ou une cinémathèque organisent des séances sous son régime."


class OrganiserClosed(Conflict):
    title = "The organiser has closed before that day."
    titre = "L’organisateur a fermé avant cette date."


class AgeRestrictedOutdoors(Conflict):
    title = "The film's classification forbids an open-air screening of the scheme."
    titre = "La classification du film interdit une séance en plein air du dispositif."


class RightsDoNotCover(Conflict):
    title = "The rights do not cover this screening."
    titre = "Les droits ne couvrent pas cette séance."


class NotAuthorised(Conflict):
    title = "An open-air feature needs the CNC's authorisation for this organiser, commune, place, date and film."
    titre = (
        "Un long métrage en plein air demande l’autorisation du CNC pour l’organisateur, le lieu, la date et le film."
    )


class AuthorisedPersonNotOrganiser(Conflict):
    title = "The authorised person must be the organiser."
    titre = "La personne autorisée doit être l’organisateur."


class DateNotAuthorised(Conflict):
    title = "The authorisation does not list this day: it must be amended first."
    titre = "L’autorisation ne prévoit pas cette date : il faut d’abord la modifier."


class AuthorisationNotRequired(Conflict):
    title = "This action needs no authorisation of the CNC."
    titre = "Cette action ne demande pas d’autorisation du CNC."


class OneRegionEach(Conflict):
    title = "The authorisation is asked for region by region: this action lies in several."
    titre = "L’autorisation se demande région par région : cette action en touche plusieurs."


class DaysNotAsked(Invalid):
    title = "The CNC decides on days that it was asked for."
    titre = "Le CNC décide des jours qui lui ont été demandés."


class TooManyScreenings(Invalid):
    title = "More screenings than one request or declaration may hold."
    titre = "Plus de séances qu’une demande ou une déclaration n’en peut porter."


class QuotaReached(Conflict):
    title = "The association has reached its number of paid screenings for the year."
    titre = "L’association a atteint son nombre de séances payantes de l’année."


class MoveNotDeclared(Conflict):
    title = "A screening moved out of its cinema is declared to the CNC two weeks before."
    titre = "Une séance déplacée hors de son cinéma se déclare au CNC deux semaines avant."


class NothingToDeclare(Conflict):
    title = "Only a cinema's screening that moves elsewhere is declared."
    titre = "Seule une séance de cinéma déplacée se déclare."


class SettledElsewhere(Invalid):
    title = "This is settled by recording it where it belongs: a permit, a clearance, an authorisation."
    titre = "Cela se règle là où il est enregistré : un permis, des droits, une autorisation."


class PromotesASale(Conflict):
    title = "A free screening promotes no product and no service."
    titre = "Une séance gratuite ne fait la promotion d’aucun produit ni service."


class CommercialPosterUsed(Conflict):
    title = "An open-air screening is not announced with the distributor's own poster."
    titre = "Une séance en plein air ne s’annonce pas avec l’affiche du distributeur."


class ShownTooFar(Conflict):
    title = "A workshop film is shown no further than its makers, and all who can be recognised in it, have agreed."
    titre = "Un film d’atelier n’est pas montré plus loin que ses auteurs et toute personne reconnaissable l’acceptent."


class PermitMissing(Conflict):
    title = "The use of the public place is not permitted on that day."
    titre = "L’usage du lieu public n’est pas permis à cette date."


class SiteNotApproved(Conflict):
    title = "The authority of the closed site has not approved."
    titre = "L’autorité du site fermé n’a pas donné son accord."


class CopyCannotBeThere(Conflict):
    title = "The copy cannot be there at that time."
    titre = "La copie ne peut pas être là à cette heure."


class KeyDoesNotOpen(Conflict):
    title = "No key opens the copy for the whole of the session."
    titre = "Aucune clé n’ouvre la copie pour toute la séance."


class CopyNoLongerLent(Conflict):
    title = "The copy has been withdrawn: another one is to be chosen."
    titre = "La copie a été retirée : il faut en choisir une autre."


class FilmNotShown(Invalid):
    title = "The session does not show this film."
    titre = "La séance ne montre pas ce film."


class CopyNotKnownYet(NotKnownHere):
    code = NotKnownHere.code
    title = "This copy has not been heard of here yet."
    titre = "Cette copie n’est pas encore connue ici."


class FilmNotKnownYet(NotKnownHere):
    code = NotKnownHere.code
    title = "This film has not been heard of here yet."
    titre = "Ce film n’est pas encore connu ici."
