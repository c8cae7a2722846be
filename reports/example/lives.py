"""The life of a case on the ledger, move by move (contract §7): generators that say when they go on."""

from campaigns.enums import Role
from campaigns.models import Organization
from issues.actions import ledger, requests
from issues.actions.plans import review_plan
from issues.enums import ConsentKind, LedgerState, RectifyKind
from issues.models import LedgerItem, Measure
from reports.example.case import Case
from reports.example.looking_back import look_back
from reports.example.plans import Diary
from reports.example.stage import Life, Moment

_MERGEABLE = (LedgerState.PLANNING, LedgerState.RECTIFYING)


class Lives:
    """Plays cases; remembers what is open in each unit, for 并案办理."""

    def __init__(self, diary: Diary):
        self._diary = diary
        self._open: dict[str, list[int]] = {}

    def live(self, case: Case, moment: Moment) -> Life:
        """From registration to wherever the case's fate leads it."""
        moment = yield from self._arrive(case, moment)
        if case.first.state != LedgerState.PLANNING:
            return
        self._open.setdefault(case.unit.code, []).append(case.first.pk)
        if case.fate.kind == RectifyKind.QUICK:
            moment = yield from self._quick(case, moment)
        elif case.fate.kind == RectifyKind.LASTING:
            yield from self._lasting(case, moment)
            return
        if case.first.rectify_kind != RectifyKind.QUICK:
            yield from self._dated(case, moment)

    def _arrive(self, case: Case, moment: Moment) -> Life:
        """转办 and 签收 of another unit's finding; 不予认定 and 并案办理 of either."""
        if case.fate.end in ("refuse", "merge"):
            moment = yield later(case, moment, 1, 2)
            self._sideline(case, moment)
        if case.is_own or case.first.state != LedgerState.UNASSIGNED:
            return moment
        moment = yield later(case, moment, 0, 2)
        if case.fate.waits:
            moment = yield (case.city.timeline.last + 1, 9 * 60)
        case.act(ledger.assign, moment, by=case.city.assigner(case.unit))
        moment = yield later(case, moment, 0, 2)
        reporter = case.seat(Role.REPORTER)
        if case.fate.is_declined:
            case.act(ledger.decline, moment, by=reporter, note=case.note("decline"))
            moment = yield later(case, moment, 1, 1)
            note = "经研究，该事项由你单位主办，请签收办理。"
            case.act(ledger.assign, moment, by=case.city.assigner(case.unit), note=note)
            moment = yield later(case, moment, 1, 2)
        if not case.fate.stalls:
            case.act(ledger.accept, moment, by=reporter)
        return moment

    def _sideline(self, case: Case, moment: Moment) -> None:
        office = case.city.assigner(case.unit)
        if case.fate.end == "refuse":
            case.act(ledger.refuse, moment, by=office, note=case.note("refuse"))
            return
        into = self._earlier(case.unit, case.first)
        if into is not None:
            case.act(ledger.merge, moment, by=office, into=into, note=case.note("merge"))

    def _earlier(self, unit: Organization, item: LedgerItem) -> LedgerItem | None:
        rows = LedgerItem.objects.filter(pk__in=self._open.get(unit.code, ()), state__in=_MERGEABLE)
        return rows.exclude(pk=item.pk).order_by("pk").first()

    def _quick(self, case: Case, moment: Moment) -> Life:
        """立行立改: done and evidenced within three working days, or it becomes 限期整改 by itself."""
        if case.fate.lapses:
            moment = yield (moment.index + 5, 9 * 60 + 10)
            case.refresh()
            return moment
        moment = yield later(case, moment, 0, 2)
        case.write_measure(moment, RectifyKind.QUICK)
        moment = yield later(case, moment, 0, 0)
        for _ in range(2 if case.fate.is_returned else 1):
            case.hand_in(ledger.finish_quick, moment, note=case.note("quick"))
            moment = yield (moment.index + 1, 9 * 60)
            case.act(ledger.sign_quick, moment, by=case.seat(Role.HEAD))
            moment = yield later(case, moment, 0, 2)
            if case.fate.is_returned:
                case.fate.is_returned = False
                case.act(ledger.return_, moment, by=case.city.closer(case.unit), note=case.note("return"))
                moment = yield later(case, moment, 1, 2)
        case.close(moment)
        return moment

    def _lasting(self, case: Case, moment: Moment) -> Life:
        """长期坚持: 审改办 consents, the plan is signed, some months later it is 阶段性完成."""
        moment = yield later(case, moment, 1, 3)
        case.write_measure(moment, RectifyKind.LASTING)
        consents = [
            requests.ask_consent(
                item=item,
                by=case.seat(Role.REPORTER),
                now=moment.now,
                kind=ConsentKind.LASTING,
                reason="涉及作风和服务习惯，需要长期抓、反复抓，申请列入长期坚持。",
            )
            for item in case.items
        ]
        moment = yield later(case, moment, 1, 2)
        office = case.city.closer(case.unit)
        for consent in consents:
            requests.decide_consent(
                consent=consent,
                by=office,
                now=moment.now,
                granted=True,
                note="同意转入长期坚持管理，请按季报送进展。",
                calendar=case.city.calendar,
            )
        moment = yield from self._sign(case, moment)
        moment = yield later(case, moment, 3, 6)
        case.act(ledger.report_progress, moment, by=case.seat(Role.REPORTER), note=case.note("progress"))
        if case.fate.is_granted:
            moment = yield later(case, moment, 4, 10)
            yield from self._settle(case, moment)

    def _sign(self, case: Case, moment: Moment) -> Life:
        """提交审签 at once, signed with the unit's batch at four in the afternoon or nine in the morning."""
        case.act(ledger.submit_plan, moment, by=case.seat(Role.REPORTER))
        if case.every(3) and (Role.DEPUTY, case.unit.code) in case.city.seats:
            case.act(review_plan, moment, by=case.seat(Role.DEPUTY), note="措施可行，请主要负责人审签。")
        if case.fate.waits:
            moment = yield (case.city.timeline.last + 1, 9 * 60)
        moment = yield (
            moment.index + case.city.rng.choice((0, 1, 1, 2)),
            case.city.rng.choice((16 * 60, 9 * 60)),
        )
        if case.fate.is_sent_back:
            note = "措施还不够具体，请写明责任人和每一步的完成时间后再报。"
            case.act(ledger.send_back, moment, by=case.seat(Role.HEAD), note=note)
            moment = yield later(case, moment, 1, 1)
            case.act(ledger.submit_plan, moment, by=case.seat(Role.REPORTER), note="已补充责任人和步骤。")
            moment = yield later(case, moment, 0, 1)
        case.act(ledger.sign, moment, by=case.seat(Role.HEAD))
        return moment

    def _dated(self, case: Case, moment: Moment) -> Life:
        """限期整改: plan, signature, steps, application, review, 回头看核验, 销号."""
        moment = yield later(case, moment, 1, 2 if case.fate.waits else 4)
        measure = case.write_measure(moment, RectifyKind.DATED)
        if case.fate.stalls:
            return
        moment = yield from self._sign(case, moment)
        moment = yield from self._work(case, measure, moment)
        if case.fate.end == "escalate":
            yield from self._escalate(case, moment)
        elif case.fate.end != "overdue":
            moment = yield from self._settle(case, moment)
            if case.fate.end == "reopen":
                yield from self._reopen(case, moment)

    def _work(self, case: Case, measure: Measure, moment: Moment) -> Life:
        """The steps are done one after the other, a little before their dates; an extension where it is asked."""
        rng, stuck = case.city.rng, case.fate.end in ("overdue", "escalate")
        if rng.random() < 0.4 or stuck:
            moment = yield later(case, moment, 1, 3)
            case.act(ledger.report_progress, moment, by=case.seat(Role.REPORTER), note=case.note("progress"))
        for number, due in enumerate(case.step_indices[:-1], start=1):
            moment = yield (max(moment.index, due - rng.choice((0, 1, 1, 2))), case.city.office_minute())
            case.finish_steps(measure, moment, up_to=number)
        if stuck:
            return moment
        if case.fate.is_extended and not case.city.is_office(case.unit):
            moment = yield from self._extend(case, moment)
        wanted = case.due_index - rng.choice((0, 1, 1, 2, 3))
        if case.fate.end == "late":
            wanted = case.due_index + rng.randint(1, 4)
        moment = yield (max(wanted, moment.index), case.city.office_minute())
        case.finish_steps(measure, moment, up_to=9)
        return moment

    def _extend(self, case: Case, moment: Moment) -> Life:
        moment = yield (max(moment.index, case.due_index - 2), case.city.office_minute())
        later_index = case.due_index + case.city.rng.randint(4, 7)
        asked = [
            requests.ask_extension(
                item=item,
                by=case.seat(Role.REPORTER),
                now=moment.now,
                new_due_on=case.city.timeline.day(later_index),
                reason=case.note("extend"),
                progress=case.note("progress"),
            )
            for item in case.items
        ]
        moment = yield later(case, moment, 1, 1)
        granted = case.fate.is_granted
        note = "" if granted else case.note("extend_reject")
        for extension in asked:
            requests.decide_extension(
                extension=extension,
                by=case.city.assigner(case.unit),
                now=moment.now,
                granted=granted,
                note=note,
                calendar=case.city.calendar,
            )
        if granted:
            case.due_index = later_index
        return moment

    def _settle(self, case: Case, moment: Moment) -> Life:
        """申请销号 → 单位审核 → 回头看核验 → 销号, with the returns on the way."""
        while True:
            case.hand_in(ledger.apply_for_closure, moment, note=case.note("applied"))
            moment = yield later(case, moment, 0, 2)
            if case.first.state == LedgerState.APPLIED:
                if case.fate.is_failed:
                    case.fate.is_failed = False
                    case.act(
                        ledger.fail_review, moment, by=case.seat(Role.DEPUTY), note=case.note("fail_review")
                    )
                    moment = yield later(case, moment, 1, 2)
                    continue
                case.act(ledger.pass_review, moment, by=case.seat(Role.DEPUTY), note=case.note("review"))
                moment = yield later(case, moment, 1, 2)
            moment = yield from look_back(case, moment, self._diary)
            moment = yield later(case, moment, 0, 2)
            if not case.fate.is_returned:
                case.close(moment)
                return moment
            case.fate.is_returned = False
            case.act(ledger.return_, moment, by=case.city.closer(case.unit), note=case.note("return"))
            moment = yield later(case, moment, 1, 3)

    def _escalate(self, case: Case, moment: Moment) -> Life:
        """提请上级协调: the 请示 has its number, 审改办 consents, the clock pauses."""
        office = case.city.closer(case.unit)
        year, number = case.city.campaign.opens_on.year, case.city.rng.randint(10, 60)
        asked = [
            requests.ask_consent(
                item=item,
                by=case.seat(Role.REPORTER),
                now=moment.now,
                kind=ConsentKind.ESCALATE,
                reason=case.note("escalate"),
                document_number="" if case.every(2) else f"衡请〔{year}〕{number}号",
            )
            for item in case.items
        ]
        moment = yield later(case, moment, 1, 2)
        for consent in asked:
            requests.decide_consent(
                consent=consent,
                by=office,
                now=moment.now,
                granted=True,
                note="同意提请上级协调，请每20个工作日报告一次进展。",
                calendar=case.city.calendar,
            )
        if case.every(2):
            moment = yield later(case, moment, 2, 2)
            case.act(
                requests.give_number,
                moment,
                by=case.seat(Role.REPORTER),
                document_number=f"衡请〔{year}〕{number}号",
            )
        moment = yield later(case, moment, 5, 9)
        case.refresh()
        note = "省级主管部门已受理请示，答复正在研究，已向办事群众说明临时办法。"
        case.act(ledger.report_progress, moment, by=case.seat(Role.REPORTER), note=note)
        if case.fate.is_declined or case.fate.is_failed:
            moment = yield later(case, moment, 2, 5)
            case.act(ledger.resume, moment, by=office, note="上级已答复，平台功能已调整，恢复整改。")

    def _reopen(self, case: Case, moment: Moment) -> Life:
        """督查室 finds by telephone that it isn't so: 撤销销号, and once more."""
        moment = yield later(case, moment, 3, 7)
        inspector = case.city.seats[Role.INSPECTOR, "430400"]
        note = "电话回访2名办事群众，反映仍按老办法办理，整改不到位，撤销销号重新整改。"
        case.act(ledger.reopen, moment, by=inspector, note=note)
        moment = yield later(case, moment, 2, 3)
        yield from self._settle(case, moment)


def later(case: Case, moment: Moment, low: int, high: int) -> tuple[int, int]:
    """`low` to `high` working days from now; on the same day some minutes later."""
    days = case.city.rng.randint(low, high)
    if days == 0:
        return moment.index, min(moment.minute + case.city.rng.randint(6, 50), 17 * 60 + 25)
    return moment.index + days, case.city.office_minute()
