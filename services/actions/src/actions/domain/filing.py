"""The verbs of a project's file: drafted (T1), submitted (T2), returned (T3), resubmitted (T4), reviewed (T5, T6, T9).

The committee decides in `deciding`; the money has its verbs in `financing`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from actions.domain import states
from actions.domain.action import Action
from actions.domain.campaign import Campaign, require_open
from actions.domain.days import local_day, require_past
from actions.domain.funding import FundingLine, LineWish
from actions.domain.known import Organisation
from actions.domain.project import Moved, Project, ProjectFile, asked_shares, moved
from actions.domain.refusals import (
    AmountNotPossible,
    BudgetNotBalanced,
    DeadlinePassed,
    DueDateNotPassed,
    DueDatePassed,
    FileNotComplete,
    HolderClosed,
    NothingAsked,
    NotUnderstoodAsDecision,
    OnSchoolTime,
    OpenAirAlone,
    OutsidePerimeter,
    PriorContactMissing,
    TriadIncomplete,
    refuse,
)
from actions.domain.rules import filing as rules
from actions.domain.rules.money import balance
from common.contracts.actions import (
    ActionStatus,
    BudgetStage,
    LineAsked,
    MissingPieces,
    PriorContact,
    ProjectChanged,
    ProjectDeclaredEligible,
    ProjectDeclaredIneligible,
    ProjectDrafted,
    ProjectPriorContactRecorded,
    ProjectReinstated,
    ProjectResubmitted,
    ProjectReturnedIncomplete,
    ProjectStatus,
    ProjectSubmitted,
    ProjectWithdrawn,
)
from common.contracts.money import money
from common.errors import FieldError, Verdict

DUE_DATE_PASSED = "due_date_passed"
"""Why a timer declares an incomplete file ineligible."""

TERRITORY = ("municipalities", "departments", "regions")


def draft(
    file: ProjectFile,
    campaign: Campaign,
    holder: Organisation,
    funders: Mapping[UUID, Organisation],
    *,
    new_id: Callable[[], UUID],
    action_ids: Sequence[UUID],
    at: datetime,
) -> Moved:
    """Begin a file (T1) in an open campaign, for a main commune of its perimeter (R26)."""
    require_open(campaign)
    if holder.is_closed_on(local_day(at, campaign.zone)):
        raise HolderClosed(f"{holder.name}: {holder.closed_on}.", precision=f"{holder.name} : {holder.closed_on}.")
    _require_perimeter(file.main.department, campaign)
    lines = _lines(file.lines, (), funders, new_id)
    project = Project(
        id=new_id(),
        changed_at=at,
        campaign_id=campaign.id,
        campaign_year=campaign.year,
        campaign_on=campaign.date,
        zone=campaign.zone,
        coordination_id=campaign.coordination_id,
        holder_id=holder.id,
        holder_is_association=holder.is_association,
        title=file.title,
        summary=file.summary,
        main=file.main,
        municipalities=(file.main.municipality,),
        departments=(file.main.department,),
        regions=(file.main.region,),
        partners=file.partners,
        lines=lines,
        forecast=file.forecast.sharing(asked_shares(lines)),
    )
    fact = ProjectDrafted(occurred_at=at, about=project.about(), title=project.title, action_ids=tuple(action_ids))
    return moved(project, fact)


def change(
    project: Project,
    file: ProjectFile,
    campaign: Campaign,
    funders: Mapping[UUID, Organisation],
    *,
    new_id: Callable[[], UUID],
    at: datetime,
) -> Moved:
    """Rewrite the file while it is the holder's; a line to the same funder, of the same kind, keeps its id."""
    states.require("project.change", project.state)
    _require_perimeter(file.main.department, campaign)
    lines = _lines(file.lines, project.lines, funders, new_id)
    changed = replace(
        project,
        title=file.title,
        summary=file.summary,
        main=file.main,
        partners=file.partners,
        lines=lines,
        forecast=file.forecast.sharing(asked_shares(lines)),
    )
    names = ("title", "summary", "main", "partners", "lines", "forecast")
    differing = tuple(name for name in names if getattr(changed, name) != getattr(project, name))
    return moved(changed, ProjectChanged(occurred_at=at, about=changed.about(), changed=differing))


def record_prior_contact(project: Project, contact: PriorContact, *, at: datetime) -> Moved:
    """Record that the coordination talked with the holder before the file is handed over (R21)."""
    states.require("project.prior_contact", project.state)
    require_past(contact.contacted_on, at, project.zone, pointer="/contacted_on")
    recorded = replace(project, prior_contact=contact)
    fact = ProjectPriorContactRecorded(occurred_at=at, about=recorded.about(), contacted_on=contact.contacted_on)
    return moved(recorded, fact)


def submit(project: Project, campaign: Campaign, actions: Sequence[Action], *, at: datetime) -> Moved:
    """Hand the file over (T2): in time (R22), after a contact (R21), whole, balanced (R23)."""
    states.require("project.submit", project.state)
    require_open(campaign)
    if verdict := rules.deadline(campaign.rules.deadline_on, at, campaign.zone):
        refuse(DeadlinePassed, verdict)
    contacted_on = None if project.prior_contact is None else project.prior_contact.contacted_on
    required = campaign.rules.prior_contact_required
    if verdict := rules.prior_contact(contacted_on, local_day(at, campaign.zone), required=required):
        refuse(PriorContactMissing, verdict)
    submitted = replace(_handed_over(project, actions, at=at), submitted_at=at)
    fact = ProjectSubmitted(
        occurred_at=at, about=submitted.about(), asked=money(submitted.asked_cents), lines=_asked(submitted)
    )
    return moved(submitted, fact)


def return_incomplete(project: Project, missing: MissingPieces, *, at: datetime) -> Moved:
    """Ask for missing pieces (T3), until the end of a day to come."""
    states.require("project.return", project.state)
    if not missing.pieces:
        raise NothingAsked(pointer="/pieces")
    if missing.due_on < local_day(at, project.zone):
        raise NothingAsked("The due date has passed.", precision="L’échéance est passée.", pointer="/due_on")
    returned = replace(project, state=ProjectStatus.INCOMPLETE, missing=missing)
    fact = ProjectReturnedIncomplete(
        occurred_at=at, about=returned.about(), missing=missing.pieces, due_on=missing.due_on
    )
    return moved(returned, fact)


def resubmit(project: Project, actions: Sequence[Action], *, at: datetime) -> Moved:
    """Hand in the missing pieces (T4) before their due date, which may lie after the campaign's deadline."""
    states.require("project.resubmit", project.state)
    if _overdue(project, at):
        raise DueDatePassed(f"Due on {_due(project)}.", precision=f"Échéance : {_due(project)}.")
    resubmitted = replace(_handed_over(project, actions, at=at), missing=None)
    fact = ProjectResubmitted(
        occurred_at=at, about=resubmitted.about(), asked=money(resubmitted.asked_cents), lines=_asked(resubmitted)
    )
    return moved(resubmitted, fact)


def declare_eligible(project: Project, campaign: Campaign, actions: Sequence[Action], *, at: datetime) -> Moved:
    """Find the file eligible (T5)."""
    states.require("project.declare_eligible", project.state)
    _require_eligible(project, campaign, actions, at)
    eligible = replace(project, state=ProjectStatus.ELIGIBLE)
    return moved(eligible, ProjectDeclaredEligible(occurred_at=at, about=eligible.about()))


def require_still_eligible(
    before: Action, after: Action, others: Iterable[Action], campaign: Campaign, at: datetime
) -> None:
    """Refuse to make of a validated action what would not have been found eligible (T5): R20, and R15 with the others.

    Only what this change brings is refused: an action that stands alone since its companion was cancelled may get
    another title.  A file that is still its holder's is judged when it is handed over.
    """
    if after.project_state in states.FILE_OPEN:
        return
    today = local_day(at, after.zone)
    if before.out_of_school and (verdict := rules.out_of_school([after.out_of_school], today)):
        refuse(OnSchoolTime, verdict, pointer="/out_of_school")
    going = [one for one in others if one.id != after.id and one.state is not ActionStatus.CANCELLED]
    verdict = _alone_outdoors([*going, after], campaign, today)
    if verdict and not _alone_outdoors([*going, before], campaign, today):
        refuse(OpenAirAlone, verdict, pointer="/action_type")


def follow_places(project: Project, actions: Sequence[Action], *, at: datetime) -> Moved | None:
    """Take over where the actions of a validated project take place since one was described otherwise.

    Nothing where that is known, or the file is still to be handed over.
    """
    located = _located(project, actions)
    changed = tuple(name for name in TERRITORY if getattr(located, name) != getattr(project, name))
    if project.state in states.FILE_OPEN or not changed:
        return None
    return moved(located, ProjectChanged(occurred_at=at, about=located.about(), changed=changed))


def declare_ineligible(project: Project, reason: str, *, at: datetime) -> Moved:
    """Find that the file cannot be eligible (T6); this is final."""
    states.require("project.declare_ineligible", project.state)
    if not reason:
        raise NothingAsked(pointer="/reason")
    ineligible = replace(project, state=ProjectStatus.INELIGIBLE, reason=reason, missing=None)
    return moved(ineligible, ProjectDeclaredIneligible(occurred_at=at, about=ineligible.about(), reason=reason))


def lapse(project: Project, *, at: datetime) -> Moved:
    """Declare an incomplete file ineligible by the timer (T6), once its due date has passed."""
    states.require("project.lapse", project.state)
    if not _overdue(project, at):
        raise DueDateNotPassed(f"Due on {_due(project)}.", precision=f"Échéance : {_due(project)}.")
    return declare_ineligible(project, DUE_DATE_PASSED, at=at)


def withdraw(project: Project, reason: str, *, at: datetime) -> Moved:
    """Take the file back (T24); this is final, and its actions stay planned and count nowhere."""
    states.require("project.withdraw", project.state)
    withdrawn = replace(project, state=ProjectStatus.WITHDRAWN, reason=reason, missing=None)
    return moved(withdrawn, ProjectWithdrawn(occurred_at=at, about=withdrawn.about(), reason=reason))


def reinstate(
    project: Project, campaign: Campaign, actions: Sequence[Action], committee_on: date, *, at: datetime
) -> Moved:
    """Bring a deferred project before a later sitting (T9): its file, which may be revised, is handed over again."""
    states.require("project.reinstate", project.state)
    if committee_on <= project.decisions[-1].committee_on:
        raise NotUnderstoodAsDecision(
            "A later sitting is needed.", precision="Il faut une séance ultérieure.", pointer="/committee_on"
        )
    _require_eligible(project, campaign, actions, at)
    reinstated = replace(_handed_over(project, actions, at=at), state=ProjectStatus.ELIGIBLE)
    fact = ProjectReinstated(occurred_at=at, about=reinstated.about(), committee_on=committee_on)
    return moved(reinstated, fact)


def _handed_over(project: Project, actions: Sequence[Action], *, at: datetime) -> Project:
    """Close the file: whole, balanced, its lines requests, its territory that of its places."""
    _require_whole(project, actions)
    if verdict := balance(project.forecast, BudgetStage.FORECAST, local_day(at, project.zone)):
        refuse(BudgetNotBalanced, verdict, pointer="/forecast")
    lines = tuple(line.requested() for line in project.lines)
    return replace(_located(project, actions), state=ProjectStatus.SUBMITTED, lines=lines)


def _located(project: Project, actions: Sequence[Action]) -> Project:
    """Take the territory of the main commune and of every place."""
    places = [place for action in actions for place in action.places]
    main = project.main
    return replace(
        project,
        municipalities=tuple(dict.fromkeys((main.municipality, *(place.municipality for place in places)))),
        departments=tuple(dict.fromkeys((main.department, *(place.department for place in places)))),
        regions=tuple(dict.fromkeys((main.region, *(place.region for place in places)))),
    )


def _require_whole(project: Project, actions: Sequence[Action]) -> None:
    lacking = [
        *(["/title"] if not project.title else []),
        *(["/actions"] if not actions else []),
        *(["/partners"] if not project.partners else []),
        *(["/forecast/charges"] if not project.forecast.charges else []),
        *(f"/actions/{i}/places" for i, action in enumerate(actions) if not action.places),
    ]
    if lacking:
        code, title, titre = FileNotComplete.code, FileNotComplete.title, FileNotComplete.titre
        raise FileNotComplete(
            f"Missing: {', '.join(lacking)}.",
            precision=f"Il manque : {', '.join(lacking)}.",
            errors=[FieldError(pointer, code, title, None, titre) for pointer in lacking],
        )


def _require_eligible(project: Project, campaign: Campaign, actions: Sequence[Action], at: datetime) -> None:
    """Judge perimeter (R26), out of school (R20), triad (R17), company outdoors (R15)."""
    _require_perimeter(project.main.department, campaign)
    today = local_day(at, project.zone)
    if verdict := rules.out_of_school([action.out_of_school for action in actions], today):
        refuse(OnSchoolTime, verdict)
    if verdict := rules.triad(project.partners, today):
        refuse(TriadIncomplete, verdict)
    if verdict := _alone_outdoors(actions, campaign, today):
        refuse(OpenAirAlone, verdict)


def _alone_outdoors(actions: Iterable[Action], campaign: Campaign, on: date) -> Verdict | None:
    dated = [(action.action_type, action.first_on) for action in actions]
    return rules.open_air_company(dated, campaign.rules.companion, on)


def _require_perimeter(department: str, campaign: Campaign) -> None:
    if verdict := rules.perimeter(department, campaign.departments, campaign.date):
        refuse(OutsidePerimeter, verdict, pointer="/main_municipality")


def _lines(
    wishes: Sequence[LineWish],
    existing: Sequence[FundingLine],
    funders: Mapping[UUID, Organisation],
    new_id: Callable[[], UUID],
) -> tuple[FundingLine, ...]:
    if any(wish.asked_cents <= 0 for wish in wishes):
        raise AmountNotPossible(pointer="/lines")
    kept = {(line.funder_id, line.kind): line.id for line in existing}
    return tuple(
        FundingLine(
            id=kept.pop((wish.funder_id, wish.kind)) if (wish.funder_id, wish.kind) in kept else new_id(),
            funder_id=wish.funder_id,
            kind=wish.kind,
            public_funder=funders[wish.funder_id].is_public,
            asked_cents=wish.asked_cents,
        )
        for wish in wishes
    )


def _asked(project: Project) -> tuple[LineAsked, ...]:
    return tuple(
        LineAsked(line_id=line.id, funder_id=line.funder_id, kind=line.kind, asked=money(line.asked_cents))
        for line in project.lines
    )


def _due(project: Project) -> date | None:
    return None if project.missing is None else project.missing.due_on


def _overdue(project: Project, at: datetime) -> bool:
    due = _due(project)
    return due is not None and local_day(at, project.zone) > due
