"""Every refusal of the domain, in words a user may read; a rule's refusal carries its verdict."""

from dataclasses import replace
from typing import NoReturn

from actions.domain.telling import told
from common.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Verdict

# ------------------------------------------------------------------------------------------------ not there


class NoSuchCampaign(NotFound):
    title = "There is no such campaign."
    titre = "Il n’y a pas de telle campagne."


class NoSuchProject(NotFound):
    title = "There is no such project."
    titre = "Il n’y a pas de tel projet."


class NoSuchAction(NotFound):
    title = "There is no such action."
    titre = "Il n’y a pas de telle action."


class NoSuchReport(NotFound):
    title = "There is no such report."
    titre = "Il n’y a pas de tel bilan."


class NoSuchLine(NotFound):
    title = "The project has no such funding line."
    titre = "Le projet n’a pas cette ligne de financement."


class NoSuchConvention(NotFound):
    title = "The project has no such convention."
    titre = "Le projet n’a pas cette convention."


class NoSuchSession(NotFound):
    title = "The action has no such session."
    titre = "L’action n’a pas cette séance."


class NoSuchClearance(NotFound):
    title = "The action has no such rights clearance."
    titre = "L’action n’a pas cette demande de droits."


# ------------------------------------------------------------------------------------ wrong by itself (422)


class WithheldFromYou(Forbidden):
    """Of a closed circuit only those inside know the place and the day (R41)."""

    title = "Where and when this takes place is for those inside the closed circuit only (R41)."
    titre = "Le lieu et le jour en circuit fermé ne sont connus que de ceux qui en répondent (R41)."


class UnknownMunicipality(Invalid):
    title = "This code is no commune's in the campaign's year."
    titre = "Ce code n’est celui d’aucune commune l’année de la campagne."


class MunicipalityCeased(Invalid):
    title = "This commune has ceased by the campaign's year."
    titre = "Cette commune n’existe plus l’année de la campagne."


class DistrictNotInMunicipality(Invalid):
    title = "A priority district must belong to the commune of the place."
    titre = "Un quartier prioritaire doit appartenir à la commune du lieu."


class CoordinatesElsewhere(Invalid):
    title = "A place's position must lie in France, near its own commune's territory."
    titre = "La position d’un lieu doit être en France, sur le territoire de sa commune."


class CoordinatesSwapped(Invalid):
    title = "The position has its longitude and its latitude the wrong way round."
    titre = "La longitude et la latitude de la position sont inversées."


class PeriodReversed(Invalid):
    title = "A period ends on the day it begins, or later."
    titre = "Une période finit le jour où elle commence, ou plus tard."


class NoSuchPlace(Invalid):
    title = "The action has no such place."
    titre = "L’action n’a pas ce lieu."


class NoFallbackPlace(Invalid):
    title = "No room was foreseen for this session to be moved into."
    titre = "Aucune salle de repli n’était prévue pour cette séance."


class NotUnderstoodAsDecision(Invalid):
    title = "The decision lacks what such a decision must say."
    titre = "Il manque à la décision ce qu’une telle décision doit dire."


class NothingAsked(Invalid):
    title = "What is asked for must be named."
    titre = "Il faut nommer ce qui est demandé."


class InTheFuture(Invalid):
    title = "What has been done cannot be dated after today."
    titre = "Ce qui est fait ne peut pas être daté d’après aujourd’hui."


class AmountNotPossible(Invalid):
    title = "The amount is not possible here."
    titre = "Ce montant n’est pas possible ici."


class DistinctNotPossible(Invalid):
    title = "Distinct persons are at least those of the fullest session and at most those of all together."
    titre = "Les personnes distinctes sont au moins celles de la séance la plus remplie, au plus celles de toutes."


class ReportDoesNotMatch(Invalid):
    title = "The report must tell of every held action and of its held sessions, once each, and of no other."
    titre = "Le bilan doit parler de chaque action réalisée et de ses séances tenues, une fois, et d’aucune autre."


class BreakdownMalformed(Invalid):
    title = "A breakdown has each cell of its own dimension once at most."
    titre = "Une répartition a chaque case de sa dimension une fois au plus."


class ActualBudgetNotBalanced(Invalid):
    title = "Charges and resources of the actual budget must be equal, in cash and in kind."
    titre = "Charges et ressources du budget réalisé doivent être égales, en numéraire et en nature."


# --------------------------------------------------------------------------- a state or a rule says no (409)


class NotPossibleInThisState(Conflict):
    title = "The present state does not allow this."
    titre = "L’état actuel ne le permet pas."


class CampaignNotOpen(Conflict):
    title = "The campaign is not open."
    titre = "La campagne n’est pas ouverte."


class NotAppointed(Conflict):
    title = "Only a coordination appointed by the DRAC on this day can open a campaign."
    titre = "Seule une coordination missionnée par la DRAC à cette date peut ouvrir une campagne."


class OutsidePerimeter(Conflict):
    title = "The main commune lies outside the coordination's perimeter at the campaign's date."
    titre = "La commune principale est hors du périmètre de la coordination à la date de la campagne."


class HolderClosed(Conflict):
    title = "An organisation that has ceased cannot hold a project."
    titre = "Un organisme qui a cessé ne peut pas porter un projet."


class DeadlinePassed(Conflict):
    title = "The campaign's deadline has passed."
    titre = "La date limite de la campagne est passée."


class DueDatePassed(Conflict):
    title = "The day until which the missing pieces were due has passed."
    titre = "Le jour jusqu’auquel les pièces manquantes étaient attendues est passé."


class DueDateNotPassed(Conflict):
    title = "The missing pieces may still come."
    titre = "Les pièces manquantes peuvent encore arriver."


class PriorContactMissing(Conflict):
    title = "The campaign asks for a contact with the coordination before the file is handed over."
    titre = "La campagne demande un contact avec la coordination avant le dépôt du dossier."


class FileNotComplete(Conflict):
    title = "The file lacks mandatory parts."
    titre = "Il manque au dossier des parties obligatoires."


class BudgetNotBalanced(Conflict):
    title = "Charges and resources of the budget must be equal, in cash and in kind."
    titre = "Charges et ressources du budget doivent être égales, en numéraire et en nature."


class TriadIncomplete(Conflict):
    title = (
        "A project needs a cultural actor, a local authority and a structure in contact with the public: three bodies."
    )
    titre = "Il faut un acteur culturel, une collectivité et une structure en lien avec le public : trois organismes."


class OpenAirAlone(Conflict):
    title = "An open-air screening must be linked to another action of its project."
    titre = "Une séance en plein air doit être liée à une autre action de son projet."


class OnSchoolTime(Conflict):
    title = "The scheme is for out-of-school time."
    titre = "Le dispositif est hors temps scolaire."


class GrantOverAsked(Conflict):
    title = "A funder grants at most what was asked."
    titre = "Un financeur accorde au plus ce qui a été demandé."


class FundingUndecided(Conflict):
    title = "A project is funded once every line is decided."
    titre = "Le plan de financement est arrêté quand chaque ligne est décidée."


class ConventionNotSigned(Conflict):
    title = "This line needs a convention signed by all."
    titre = "Cette ligne demande une convention signée par tous."


class SignedBeforeSent(Conflict):
    title = "A convention is signed on the day it is sent, or later."
    titre = "Une convention est signée le jour de son envoi, ou plus tard."


class BalanceAfterReport(Conflict):
    title = "The convention has the balance paid after the report."
    titre = "La convention prévoit le solde après le bilan."


class OverGranted(Conflict):
    title = "A funder cannot pay more than it granted, nor take back more than it paid."
    titre = "Un financeur ne peut ni payer plus qu’il n’a accordé, ni reprendre plus qu’il n’a payé."


class AccountMissing(Conflict):
    title = "There is no financial account yet."
    titre = "Il n’y a pas encore de compte rendu financier."


class AcceptedBeforeSubmitted(Conflict):
    title = "An account is accepted on the day it is handed in, or later."
    titre = "Un compte rendu financier est accepté le jour de sa remise, ou plus tard."


class OutsideCampaign(Conflict):
    title = "The day lies outside the campaign."
    titre = "Cette date est en dehors de la campagne."


class TooManySessions(Conflict):
    title = "The action has no room for more sessions."
    titre = "L’action ne peut pas porter plus de séances."


class NotYet(Conflict):
    title = "The session has not begun."
    titre = "La séance n’a pas commencé."


class CampaignStillRuns(Conflict):
    """What was put off may find its new day until the campaign, with its extension, has ended."""

    title = "The campaign still runs."
    titre = "La campagne court encore."


class NoClosedSite(Conflict):
    title = "The action names no authority of a closed site."
    titre = "L’action ne nomme aucune autorité de site fermé."


class OneSessionOnly(Conflict):
    title = "An action of one session is held without being started."
    titre = "Une action d’une seule séance est réalisée sans être commencée."


class SessionsStillPostponed(Conflict):
    title = "Every session that was put off needs its new day."
    titre = "Chaque séance reportée demande sa nouvelle date."


class AttendanceMissing(Conflict):
    title = "Every session needs its attendance, or the cause why it was not held."
    titre = "Chaque séance demande sa fréquentation, ou la cause pour laquelle elle n’a pas eu lieu."


class NothingHeld(Conflict):
    title = "Nothing has been held."
    titre = "Rien n’a été réalisé."


class ActionsStillOpen(Conflict):
    title = "Every action must be held or cancelled."
    titre = "Chaque action doit être réalisée ou annulée."


class ReportExists(Conflict):
    title = "The project has its report."
    titre = "Le projet a son bilan."


class BreakdownDoesNotAddUp(Conflict):
    title = "Each breakdown must add up to its total; otherwise the report is returned."
    titre = "Chaque répartition doit faire son total ; sinon le bilan est retourné."


class ReportNotValidated(Conflict):
    title = "The report is not validated."
    titre = "Le bilan n’est pas validé."


class AccountsNotAccepted(Conflict):
    title = "Each funder that granted must have accepted the account."
    titre = "Chaque financeur qui a accordé doit avoir accepté le compte rendu."


class BalancesNotPaid(Conflict):
    title = "Each balance must be paid or clawed back."
    titre = "Chaque solde doit être payé ou reversé."


class WorkshopFilmNotSettled(Conflict):
    title = "Who may see the workshop's film is not settled."
    titre = "La diffusion du film d’atelier n’est pas réglée."


class RefundNotSettled(Conflict):
    title = "What must be given back to the funders has not been."
    titre = "Ce qui doit être rendu aux financeurs ne l’est pas."


class ShortReportMissing(Conflict):
    title = "A cancelled project is closed with a short report."
    titre = "Un projet annulé est clos avec un court bilan."


def refuse(kind: type[DomainError], verdict: Verdict, *others: Verdict, pointer: str | None = None) -> NoReturn:
    """Say no, in the rule's own words, and in those of other verdicts that say the same no, as far as it is told."""
    reasons = dict.fromkeys(one.reason for one in (verdict, *others))
    raisons = dict.fromkeys(one.raison for one in (verdict, *others))
    raise kind(
        " ".join(reasons),
        precision=" ".join(raisons),
        verdict=replace(verdict, inputs=told(verdict.inputs)),
        pointer=pointer,
    )
