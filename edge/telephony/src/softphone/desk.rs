// SPDX-License-Identifier: EUPL-1.2
//! One desk: its handset decides, and here is done what it decides – towards the page, and towards the exchange.

use super::common::{Common, Slot};
use super::destination::is_dialled;
use super::limits::{CONNECT_MAX, DIALLED_RING, REGISTER_FOR};
use super::line::{Line, with};
use super::page::{Happened, PageLeg};
use super::words::{
    CallNr, CallView, Codec, News, NoAnswer, Order, Quality, Refusal, TransferState, Why, With,
};
use call::handset::{Action, CallState, Event, Handset, Page, Turned, is_emergency};
use rtp::limits::DATAGRAM_MAX;
use sip::Status;
use sip::agent::limits::MAX_FORWARDS;
use sip::agent::{Account, CallId, Invite, InviteInfo, RegistrantId, Way};
use sip::dialog::{End, Party};
use sip::digest::Credentials;
use std::net::SocketAddr;
use stdx::{Redacted, Tick};
use str0m::Input;

/// One desk.
pub(super) struct Desk {
    pub(super) id: String,
    slot: Slot,
    handset: Handset,
    credentials: Credentials,
    registrant: Option<RegistrantId>,
    is_registered: bool,
    /// The connection that is used.
    page: Option<PageLeg>,
    /// One that the page offered instead, until it is connected.
    coming: Option<PageLeg>,
    /// Whether the page's own socket is open.
    is_open: bool,
    lines: Vec<Line>,
    /// What is being ordered: whom to call or hand to, which keys.
    ordered: String,
    wrong_codec: u32,
    told: Vec<(CallNr, CallState, bool, Option<Codec>)>,
    ended: Vec<(CallNr, Why)>,
}

/// What waits to be done of one desk's packets.
type Heard = (rtp::Header, std::sync::Arc<[u8]>);

impl Desk {
    /// A desk that was opened.
    pub(super) fn open(now: Tick, slot: Slot, id: String, password: &Redacted<String>) -> Desk {
        Desk {
            credentials: credentials(&id, password),
            id,
            slot,
            handset: Handset::opened(now),
            registrant: None,
            is_registered: false,
            page: None,
            coming: None,
            is_open: true,
            lines: Vec::new(),
            ordered: String::new(),
            wrong_codec: 0,
            told: Vec::new(),
            ended: Vec::new(),
        }
    }

    /// When [`Desk::elapse`] is wanted.
    pub(super) fn deadline(&self) -> Option<Tick> {
        let pages = [&self.page, &self.coming].into_iter().flatten();
        let lines = self.lines.iter().filter_map(Line::deadline);
        let handset = self.handset.deadline().map(|(at, _)| at);
        let others = handset.into_iter().chain(lines).chain(self.silent_at());
        pages.map(|page| page.due).chain(others).min()
    }

    fn silent_at(&self) -> Option<Tick> {
        let given_up = self.coming.as_ref().map(|page| page.offered_at + CONNECT_MAX);
        let is_here = self.handset.page() == Page::Connected;
        let is_in_talk = self.handset.heard().is_some();
        let silent = self.page.as_ref().filter(|_| is_here).map(|page| page.silent_at(is_in_talk));
        given_up.into_iter().chain(silent).min()
    }

    /// Lets its timers fire.
    pub(super) fn elapse(&mut self, common: &mut Common, now: Tick) {
        let at = common.clock.instant(now);
        for page in [&mut self.page, &mut self.coming].into_iter().flatten() {
            if page.due <= now {
                page.elapse(now, at);
            }
        }
        for line in &mut self.lines {
            line.elapse(now);
        }
        if self.handset.deadline().is_some_and(|(at, _)| at <= now) {
            self.decide(common, now, Event::Due);
        }
        self.look_after(common, now);
    }

    // ---- the page ----

    /// Whether this datagram is of this desk's page; then it was taken.
    pub(super) fn receive(&mut self, now: Tick, input: &mut Option<Input<'_>>) -> bool {
        for page in [&mut self.page, &mut self.coming].into_iter().flatten() {
            if input.as_ref().is_some_and(|input| page.accepts(input)) {
                if let Some(input) = input.take() {
                    page.receive(now, input);
                }
                return true;
            }
        }
        false
    }

    /// Hears what the connections tell, sends what they have to send, and notes whether the page is there.
    pub(super) fn look_after(&mut self, common: &mut Common, now: Tick) {
        while let Some(happened) = self.page.as_mut().and_then(|page| page.next(common, now)) {
            self.happened(common, now, happened);
        }
        // Nothing of a page is heard that is not the one of this desk yet.
        while self.coming.as_mut().and_then(|page| page.next(common, now)).is_some() {}
        let is_over = |page: &PageLeg| !page.is_alive() || page.offered_at + CONNECT_MAX <= now;
        if self.coming.as_ref().is_some_and(PageLeg::is_connected) {
            let before = std::mem::replace(&mut self.page, self.coming.take());
            before.map(|before| before.close(common, now)).unwrap_or_default();
        } else if self.coming.as_ref().is_some_and(is_over) {
            self.coming = None;
        }
        self.notice_page(common, now);
    }

    fn notice_page(&mut self, common: &mut Common, now: Tick) {
        let is_in_talk = self.handset.heard().is_some();
        let is_heard = |page: &PageLeg| page.is_connected() && page.silent_at(is_in_talk) > now;
        let is_here = self.is_open && self.page.as_ref().is_some_and(is_heard);
        let was_here = self.handset.page() == Page::Connected;
        match (was_here, is_here) {
            (false, true) => {
                self.decide(common, now, Event::PageConnected);
                (common.tell)(&self.id, News::PageConnected(true));
            }
            (true, false) => {
                self.page.iter_mut().for_each(PageLeg::expect_no_sound);
                self.decide(common, now, Event::PageAway);
                (common.tell)(&self.id, News::PageConnected(false));
            }
            (true, true) | (false, false) => {}
        }
    }

    fn happened(&mut self, common: &mut Common, now: Tick, happened: Happened) {
        match happened {
            Happened::Heard(header, payload) => self.speak(now, &(header, payload)),
            Happened::Quality { loss, loss_there, rtt_ms } => {
                let wrong_codec = std::mem::take(&mut self.wrong_codec);
                let quality = Quality { loss, loss_there, rtt_ms, wrong_codec };
                if quality != Quality::default() {
                    (common.tell)(&self.id, News::Quality(quality));
                }
            }
        }
    }

    fn speak(&mut self, now: Tick, (header, payload): &Heard) {
        let (Some(nr), Some(page)) = (self.handset.heard(), &self.page) else { return };
        if let Some(line) = self.lines.iter_mut().find(|line| line.nr == nr) {
            let is_agreed = line.say(now, &page.numbers, header, payload);
            self.wrong_codec += u32::from(!is_agreed);
        }
    }

    /// Sound of a call came; it is read, and heard if the page hears this call. Whether there may be more.
    pub(super) fn sound_came(
        &mut self,
        common: &mut Common,
        now: Tick,
        nr: CallNr,
        most: usize,
    ) -> bool {
        let is_heard = self.handset.listened() == Some(nr);
        let Some(line) = self.lines.iter().find(|line| line.nr == nr) else { return false };
        let (mut buffer, mut left) = ([0; DATAGRAM_MAX], most);
        while left > 0 {
            let Some(datagram) = line.read(&mut buffer) else { break };
            left -= 1;
            let Some(page) = self.page.as_mut().filter(|_| is_heard) else { continue };
            if let Some((header, number, payload)) = line.heard_as(&page.numbers, datagram) {
                page.send(common, now, (&header, number), payload);
            }
        }
        self.look_after(common, now);
        left == 0
    }

    /// An offer of the page.
    fn offer(&mut self, common: &mut Common, now: Tick, sdp: &str) -> Result<String, NoAnswer> {
        let was_open = std::mem::replace(&mut self.is_open, true);
        let heard = self.handset.heard();
        let one = self.lines.iter().find(|line| heard.is_none_or(|nr| line.nr == nr));
        let spoken = one.and_then(Line::codec);
        for page in [&mut self.page, &mut self.coming].into_iter().flatten() {
            if page.is_of(sdp) {
                return page.renew(now, (sdp, spoken));
            }
        }
        let (coming, answer) = PageLeg::answer(common, now, (sdp, spoken))?;
        if !was_open {
            // Of a page that was left nothing more is to be expected.
            self.page = None;
        }
        self.coming = Some(coming);
        Ok(answer)
    }

    // ---- orders ----

    /// The person, or the desk, wants something.
    pub(super) fn order(&mut self, common: &mut Common, now: Tick, order: Order) {
        let event = match order {
            Order::Open { password } => return self.open_again(common, now, &password),
            Order::Close => return self.close(common, now),
            Order::Offer(sdp) => {
                let answer = self.offer(common, now, &sdp);
                (common.tell)(&self.id, News::Answer(answer));
                return self.look_after(common, now);
            }
            Order::PageGone => {
                self.is_open = false;
                return self.look_after(common, now);
            }
            Order::Answer(nr) => Event::Answer(nr),
            Order::Decline(nr) => Event::Decline(nr),
            Order::HangUp(nr) => Event::HangUp(nr),
            Order::Hold(nr) => Event::Hold(nr),
            Order::Resume(nr) => Event::Resume(nr),
            Order::Dial(to) => match self.remember(to) {
                Ok(()) if is_emergency(&self.ordered) => Event::DialEmergency(common.draw_call()),
                Ok(()) => Event::Dial(common.draw_call()),
                Err(why) => return (common.tell)(&self.id, News::Refused(why)),
            },
            Order::Transfer { to } => match self.remember(to) {
                Ok(()) => Event::Transfer,
                Err(why) => return (common.tell)(&self.id, News::Refused(why)),
            },
            Order::Keys(nr, keys) => {
                self.ordered.clone_from(keys.expose());
                Event::Keys(nr)
            }
            Order::Complete => Event::Complete,
            Order::Confer => Event::Confer,
            Order::TakeOut => Event::TakeOut,
        };
        self.decide(common, now, event);
    }

    fn remember(&mut self, to: String) -> Result<(), Refusal> {
        if !is_dialled(&to) {
            return Err(Refusal::NotDialled);
        }
        self.ordered = to;
        Ok(())
    }

    fn open_again(&mut self, common: &mut Common, now: Tick, password: &Redacted<String>) {
        let credentials = credentials(&self.id, password);
        if credentials == self.credentials {
            return;
        }
        self.credentials = credentials;
        if let Some(before) = self.registrant {
            let account = self.account(common);
            let flows = vec![common.flow];
            self.registrant = Some(common.ua.enrol_instead(now, before, account, flows));
        }
    }

    /// Hangs everything up.
    pub(super) fn close(&mut self, common: &mut Common, now: Tick) {
        self.decide(common, now, Event::Closed);
        for page in [self.page.take(), self.coming.take()].into_iter().flatten() {
            page.close(common, now);
        }
    }

    // ---- what the handset decides ----

    fn decide(&mut self, common: &mut Common, now: Tick, event: Event) {
        for action in self.handset.handle(now, event) {
            self.act(common, now, action);
        }
        self.settle(common, now);
        self.show(common);
    }

    fn act(&mut self, common: &mut Common, now: Tick, action: Action) {
        match action {
            Action::Register => {
                let account = self.account(common);
                self.registrant = Some(common.ua.enrol(now, account, vec![common.flow]));
            }
            Action::Unregister => {
                if let Some(id) = self.registrant.take() {
                    common.ua.withdraw(now, id);
                }
                self.registered(common);
            }
            Action::Ring(nr) => {
                if let Some(call) = self.call_of(nr) {
                    // It was cancelled meanwhile: its event has come or comes. So below.
                    let _ = common.ua.ring(now, call);
                }
            }
            Action::Answer(nr) => self.answer(common, now, nr),
            Action::TurnAway(nr, how) => self.turn_away(common, now, nr, how),
            Action::Call(nr) => self.call(common, now, nr),
            Action::HangUp(nr) => self.hang_up(common, now, nr),
            Action::Hold(nr) => self.set_hold(nr, true),
            Action::Resume(nr) => self.set_hold(nr, false),
            // Which call is heard is asked with every packet.
            Action::Hear(_) => {}
            Action::SendKeys(nr) => {
                let keys = std::mem::take(&mut self.ordered);
                self.press(common, nr, &keys);
            }
            Action::PressConference(nr) => self.press(common, nr, "*3"),
            Action::Transfer(of) => {
                let to = std::mem::take(&mut self.ordered);
                self.refer(common, now, of, Some(uri(common, &to)));
            }
            Action::TransferTo(of, to) => {
                let dialled = self.line(to).and_then(|line| line.dialled.clone());
                let target = dialled.map(|to| uri(common, &to));
                self.refer(common, now, of, target);
            }
            Action::Replace(of, to) => self.replace(common, now, of, to),
            Action::Refuse(why) => (common.tell)(&self.id, News::Refused(why)),
        }
    }

    fn account(&self, common: &Common) -> Account {
        Account {
            registrar: common.domain.clone().into_bytes(),
            user: Redacted::new(self.id.clone().into_bytes()),
            credentials: self.credentials.clone(),
            expires: REGISTER_FOR,
            contact_user: self.id.clone().into_bytes(),
            bulk: false,
        }
    }

    fn answer(&mut self, common: &mut Common, now: Tick, nr: CallNr) {
        let Some(line) = self.line_mut(nr) else { return };
        let Some(call) = line.call else { return };
        match line.answer(common) {
            Some(sdp) => {
                let _ = common.ua.answer(now, call, sdp);
            }
            None => self.not_agreed(common, now, nr),
        }
    }

    /// There is nothing that both speak: the call is over.
    fn not_agreed(&mut self, common: &mut Common, now: Tick, nr: CallNr) {
        if let Some(call) = self.call_of(nr) {
            let _ = common.ua.refuse_call(now, call, status(488), None, None);
            let _ = common.ua.hang_up(now, call, None);
        }
        self.drop_line(common, nr, Why::Refused(488));
        self.decide(common, now, Event::Ended(nr));
    }

    fn turn_away(&mut self, common: &mut Common, now: Tick, nr: CallNr, how: Turned) {
        let code = match how {
            Turned::Busy => status(486),
            Turned::Declined => status(603),
            Turned::Unreachable => status(480),
        };
        if let Some(call) = self.call_of(nr) {
            let _ = common.ua.refuse_call(now, call, code, None, None);
        }
        self.drop_line(common, nr, Why::Ours);
    }

    fn hang_up(&mut self, common: &mut Common, now: Tick, nr: CallNr) {
        if let Some(call) = self.call_of(nr) {
            let _ = common.ua.hang_up(now, call, None);
        }
        self.drop_line(common, nr, Why::Ours);
    }

    fn call(&mut self, common: &mut Common, now: Tick, nr: CallNr) {
        let to = std::mem::take(&mut self.ordered);
        if self.dial(common, now, nr, &to).is_none() {
            self.drop_line(common, nr, Why::Refused(503));
            self.decide(common, now, Event::Ended(nr));
        }
    }

    fn dial(&mut self, common: &mut Common, now: Tick, nr: CallNr, to: &str) -> Option<()> {
        let user = Redacted::new(to.to_owned());
        let asked = With { name: Redacted::new(String::new()), user };
        let numbers = self.page.as_ref().map(|page| page.numbers);
        let line = Line::open(common, self.slot, nr, (asked, numbers.as_ref())).ok()?;
        self.lines.push(line);
        let beside = self.lines.iter().find_map(Line::codec);
        let line = self.lines.last_mut()?;
        line.dialled = Some(to.to_owned());
        let offer = line.offer(common, beside)?;
        let from = format!("<sip:{}@{}>", self.id, common.domain);
        let invite = Invite {
            target: uri(common, to),
            from: Redacted::new(from.into_bytes()),
            flow: common.flow,
            way: Way::Flow,
            headers: Vec::new(),
            offer,
            max_forwards: MAX_FORWARDS,
            ring_for: DIALLED_RING,
            credentials: Some(self.credentials.clone()),
            routes: Vec::new(),
            contact_user: Some(self.id.clone().into_bytes()),
        };
        let call = common.ua.invite(now, invite).ok()?;
        line.call = Some(call);
        common.by_call.insert(call, (self.slot, nr));
        Some(())
    }

    fn press(&mut self, common: &Common, nr: CallNr, keys: &str) {
        let pressed = self.line_mut(nr).is_some_and(|line| line.press(keys));
        if !pressed {
            (common.tell)(&self.id, News::Refused(Refusal::NotDialled));
        }
    }

    fn replace(&mut self, common: &mut Common, now: Tick, of: CallNr, to: CallNr) {
        let asked = self.line(to);
        // Whoever was asked is known by the dialog; the address is for who reads along.
        let user = asked.map(|line| line.with.user.expose().clone()).filter(|it| is_dialled(it));
        let target = uri(common, user.as_deref().unwrap_or(&self.id));
        let call = asked.and_then(|line| line.call);
        let refer_to = call.and_then(|call| common.ua.refer_in_place(call, target.expose()));
        self.refer(common, now, of, refer_to);
    }

    fn refer(&mut self, common: &mut Common, now: Tick, of: CallNr, to: Option<Redacted<Vec<u8>>>) {
        let by = format!("<sip:{}@{}>", self.id, common.domain);
        let by = Redacted::new(by.into_bytes());
        let call = self.call_of(of).zip(to);
        let asked = call.map(|(call, to)| common.ua.refer(now, call, &to, Some(&by)));
        if let Some(Ok(())) = asked {
            (common.tell)(&self.id, News::Transfer(TransferState::Trying));
        } else {
            (common.tell)(&self.id, News::Refused(Refusal::Exchange));
            self.decide(common, now, Event::Referred(false));
        }
    }

    fn set_hold(&mut self, nr: CallNr, wanted: bool) {
        if let Some(line) = self.line_mut(nr) {
            line.set_hold(wanted);
        }
    }

    /// Asks the exchange for what is not yet as it shall be.
    fn settle(&mut self, common: &mut Common, now: Tick) {
        for line in &mut self.lines {
            let Some(call) = line.call else { continue };
            let Some(offer) = line.settle(common) else { continue };
            if common.ua.reinvite(now, call, offer).is_err() {
                // Another change is under way; when it is over this is tried again.
                line.not_asked();
            }
        }
    }

    // ---- what the exchange tells ----

    /// A call came.
    pub(super) fn called(
        &mut self,
        common: &mut Common,
        now: Tick,
        call: CallId,
        info: &InviteInfo,
    ) {
        let nr = common.draw_call();
        let from = with(info.from.expose());
        let numbers = self.page.as_ref().map(|page| page.numbers);
        let line = Line::open(common, self.slot, nr, (from, numbers.as_ref())).ok();
        let Some((mut line, offer)) = line.zip(info.offer.as_ref()) else {
            let _ = common.ua.refuse_call(now, call, status(488), None, None);
            return;
        };
        line.call = Some(call);
        let is_read = line.take_offer(common, offer);
        self.lines.push(line);
        common.by_call.insert(call, (self.slot, nr));
        match is_read {
            true => self.decide(common, now, Event::Called(nr)),
            false => self.not_agreed(common, now, nr),
        }
    }

    /// Whom we called plays something before answering, or has said how.
    pub(super) fn plays_early(&mut self, common: &Common, nr: CallNr, description: &[u8]) {
        if let Some(line) = self.line_mut(nr) {
            line.hear_early(common, description);
            self.show(common);
        }
    }

    /// Whom we called has answered.
    pub(super) fn answered(
        &mut self,
        common: &mut Common,
        now: Tick,
        nr: CallNr,
        sdp: Option<&[u8]>,
    ) {
        let agreed = self.line_mut(nr).zip(sdp).is_some_and(|(line, sdp)| line.accept(common, sdp));
        if agreed {
            self.decide(common, now, Event::Answered(nr));
        } else {
            self.not_agreed(common, now, nr);
        }
    }

    /// A call is over.
    pub(super) fn over(&mut self, common: &mut Common, now: Tick, nr: CallNr, why: Why) {
        self.drop_line(common, nr, why);
        self.decide(common, now, Event::Ended(nr));
    }

    /// Our offer of another session was answered, or refused.
    pub(super) fn changed(
        &mut self,
        common: &mut Common,
        now: Tick,
        nr: CallNr,
        answer: Option<&[u8]>,
    ) {
        let Some(line) = self.line_mut(nr) else { return };
        match answer {
            Some(answer) => {
                // What cannot be used leaves what was agreed before.
                let _ = line.accept(common, answer);
            }
            None => line.refused(),
        }
        self.settle(common, now);
        self.show(common);
    }

    /// The exchange wants another session: what it is answered.
    pub(super) fn change_wanted(
        &mut self,
        common: &Common,
        nr: CallNr,
        offer: Option<&[u8]>,
    ) -> Option<Vec<u8>> {
        self.line_mut(nr)?.change(common, offer)
    }

    /// Something was settled on a call: what could not be asked before can be now.
    pub(super) fn go_on(&mut self, common: &mut Common, now: Tick) {
        self.settle(common, now);
        self.show(common);
    }

    /// Nobody waits for our answer any more.
    pub(super) fn withdrawn(&mut self, nr: CallNr) {
        if let Some(line) = self.line_mut(nr) {
            line.forget_offers();
        }
    }

    /// How handing on goes.
    pub(super) fn referred(&mut self, common: &mut Common, now: Tick, code: Status) {
        if code.is_provisional() {
            return;
        }
        let is_done = code.is_success();
        let failed = TransferState::Failed(code.code());
        let told = if is_done { TransferState::Done } else { failed };
        (common.tell)(&self.id, News::Transfer(told));
        self.decide(common, now, Event::Referred(is_done));
    }

    /// Something changed about our registration.
    pub(super) fn registered(&mut self, common: &Common) {
        let standing = self.registrant.and_then(|id| common.ua.standing(id));
        let is_registered = standing.is_some_and(|it| it.until.is_some());
        if is_registered != self.is_registered {
            self.is_registered = is_registered;
            (common.tell)(&self.id, News::Registered(is_registered));
        }
    }

    /// Whether this registration is this desk's.
    pub(super) fn is_registered_by(&self, id: RegistrantId) -> bool {
        self.registrant == Some(id)
    }

    // ---- calls and what is told of them ----

    fn line(&self, nr: CallNr) -> Option<&Line> {
        self.lines.iter().find(|line| line.nr == nr)
    }

    fn line_mut(&mut self, nr: CallNr) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| line.nr == nr)
    }

    fn call_of(&self, nr: CallNr) -> Option<CallId> {
        self.line(nr)?.call
    }

    fn drop_line(&mut self, common: &mut Common, nr: CallNr, why: Why) {
        let Some(at) = self.lines.iter().position(|line| line.nr == nr) else { return };
        let line = self.lines.remove(at);
        if let Some(call) = line.call {
            common.by_call.remove(&call);
        }
        line.close(common);
        self.ended.push((nr, why));
    }

    /// Tells every call if one has changed, and those that are over.
    fn show(&mut self, common: &Common) {
        let heard = self.handset.heard();
        let views = self.handset.calls().iter().filter_map(|call| {
            let line = self.line(call.nr)?;
            Some(CallView {
                nr: call.nr,
                direction: call.direction,
                state: call.state,
                three: call.three,
                with: line.with.clone(),
                codec: line.codec(),
                heard: heard == Some(call.nr),
            })
        });
        let views: Vec<CallView> = views.collect();
        let told: Vec<_> = views.iter().map(|it| (it.nr, it.state, it.three, it.codec)).collect();
        if told != self.told {
            self.told = told;
            (common.tell)(&self.id, News::Calls(views));
        }
        for (call, why) in std::mem::take(&mut self.ended) {
            (common.tell)(&self.id, News::Ended { call, why });
        }
    }
}

/// Why a call of ours did not come about.
pub(super) fn why_refused(code: Status, by: Party) -> Why {
    match by {
        Party::Us => Why::Ours,
        Party::Peer => Why::Refused(code.code()),
    }
}

/// Why a call that was up is over.
pub(super) fn why_ended(end: End) -> Why {
    match end {
        End::HungUp(Party::Us) => Why::Ours,
        End::HungUp(Party::Peer) => Why::Theirs,
        End::NotAcknowledged | End::Expired | End::PeerGone => Why::Lost,
    }
}

fn credentials(id: &str, password: &Redacted<String>) -> Credentials {
    Credentials {
        username: Redacted::new(id.as_bytes().to_vec()),
        password: Redacted::new(password.expose().as_bytes().to_vec()),
    }
}

fn uri(common: &Common, user: &str) -> Redacted<Vec<u8>> {
    // `#` is the only one of those that can be dialled that a user part may not hold (RFC 3261, 25.1).
    let user = user.replace('#', "%23");
    let exchange: SocketAddr = common.flow.remote;
    Redacted::new(format!("sip:{user}@{exchange}").into_bytes())
}

/// A status that is written down in the code.
pub(super) const fn status(code: u16) -> Status {
    match Status::new(code) {
        Some(status) => status,
        None => unreachable!(),
    }
}
