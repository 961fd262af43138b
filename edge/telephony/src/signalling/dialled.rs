// SPDX-License-Identifier: EUPL-1.2
//! Calls that a telephone of ours makes by itself: to a colleague, to an office, to an emergency service; and
//! those of callers who are put through ([`super::passing`]).
//!
//! ```text
//!   telephone ──▶ a trunk, every peer in turn ──▶ both hear each other
//!             └─▶ all registrations of another telephone at once ──▶ both hear each other
//! ```
//!
//! The centre hears nothing of them: no contact is among it. One who was asked this way may take over a contact
//! afterwards; then the leg that answered leaves here for it.
//!
//! Before the answer who dialled hears what the far end plays – ringing, an announcement –, the last one if several
//! do, and is not heard there. Where a leg that played is gone and another one is called, it rings.
//!
//! The rule to keep: outside leads only what a trunk's rules allow, and 110 and 112 only by the route of a site.

use super::door::status;
use super::elsewhere::{Fields, uri};
use super::exchange::Exchange;
use super::incoming::{No, is_emergency, user_of};
use super::leg::{Leg, Peer};
use super::limits::{
    DIALLED_PER_PHONE, DIALLED_RING, EMERGENCY_RING, EMERGENCY_SIGN, FIRST_SIGN, OUTBOUND_DAY,
};
use super::passing::Shown;
use super::trunk::Outward;
use super::words::{Outside, Refused};
use crate::media::{self, LegId, PlayId, Remote, Repeat};
use acd::agent::State;
use sip::Status;
use sip::agent::limits::MAX_FORWARDS;
use sip::agent::{CallId, Invite, InviteInfo};
use sip::message::Name;
use sip::number::Digits;
use sip::sdp::Codec;
use stdx::{AgentId, Redacted, Tick};

/// That whoever sends an INVITE knows P-Early-Media (RFC 5009, 8).
const SUPPORTED: &[u8] = b"supported";

/// Where such a call leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whither {
    /// To an emergency service, over the trunk of the telephone's site.
    Help { trunk: usize, number: &'static str },
    /// To somebody outside.
    Outside(Outside),
    /// To an extension of a client's own exchange.
    Behind(Outside),
    /// To another telephone of ours, by its position in the setup.
    Phone(usize),
}

/// A call of a telephone of ours, or of a caller who is put through.
pub(super) struct DialledCall {
    /// The leg of who dialled; its call is the key.
    pub(super) phone: Leg,
    /// Who a caller is, for the exchange to which the call is put through; none for a telephone of ours.
    pub(super) shown: Option<Shown>,
    /// What it offered; none if it wants our offer.
    offered: Option<Remote>,
    /// Those that ring; of those that answered the one.
    pub(super) outs: Vec<Leg>,
    pub(super) is_up: bool,
    pub(super) whither: Whither,
    /// What is heard of the far end before it answers, once there was something.
    early: Option<EarlyMedia>,
    /// Whether who dialled knows P-Early-Media (RFC 5009).
    knows_early: bool,
    /// How many of the trunk's peers were asked.
    asked: usize,
    /// Hops that it may still take.
    hops: u8,
}

/// A session of who dialled before the call is answered.
struct EarlyMedia {
    /// The answer to the offer: the 200 says the same (RFC 6337, 3.1.1).
    sdp: Vec<u8>,
    /// Where that one receives.
    remote: Remote,
    /// Whether that was sent: a 183 waits for the PRACK of the 180 before it, and goes with the next news.
    is_told: bool,
    /// Which of the legs that ring is heard; none if it is our own ringing.
    from: Option<LegId>,
}

/// A way out, and to whom it leads.
struct WayOut {
    peer: Peer,
    outward: Outward,
}

impl DialledCall {
    /// A call that was part of a conference, of which the caller has left.
    pub(super) fn going_on(phone: Leg, with: Leg, whither: Whither, hops: u8) -> DialledCall {
        let outs = vec![with];
        let (shown, offered, early) = (None, None, None);
        DialledCall {
            phone,
            shown,
            offered,
            outs,
            is_up: true,
            whither,
            early,
            knows_early: false,
            asked: 0,
            hops,
        }
    }

    /// The leg with these ports.
    pub(super) fn sounding_mut(&mut self, id: LegId) -> Option<&mut Leg> {
        let legs = std::iter::once(&mut self.phone).chain(&mut self.outs);
        legs.into_iter().find(|leg| leg.sound.id == id)
    }
}

impl Exchange {
    /// Where a telephone of ours leads by dialling this; none if that is one of our lines, or nobody.
    pub(super) fn whither(&self, from: usize, uri: &[u8]) -> Option<Whither> {
        let user = user_of(uri)?;
        if let Some(phone) = self.setup.phones.iter().position(|it| it.id.as_bytes() == &user[..]) {
            return Some(Whither::Phone(phone));
        }
        let plan = self.plan_of(Peer::Phone(0));
        let number = plan.read(&user)?;
        if self.setup.line_of(number).is_some() || is_emergency(&plan, number) {
            return None;
        }
        let short = Digits::new(&user).zip(self.setup.phones.get(from));
        let short = short.and_then(|(user, phone)| phone.short.get(&user).copied());
        if let Some(behind) = short.or_else(|| self.behind(number)) {
            return Some(Whither::Behind(behind));
        }
        let known = self.setup.switchboards.iter().chain(&self.setup.partners).flatten();
        let known = known.copied().find(|it| it.number == number);
        let by_rule = || {
            let trunk = self.setup.trunks.iter().position(|it| it.lets_out(number))?;
            Some(Outside { trunk, number })
        };
        known.or_else(by_rule).map(Whither::Outside)
    }

    /// A telephone of ours dialled somebody.
    pub(super) fn dial(
        &mut self,
        now: Tick,
        call: CallId,
        phone: usize,
        (whither, info): (Whither, &InviteInfo),
    ) -> Result<(), No> {
        let is_help = matches!(whither, Whither::Help { .. });
        let busy = No(Refused::Busy, status(503), None);
        let own = |it: &DialledCall| it.phone.peer == Peer::Phone(phone);
        let is_much = self.dialled.values().filter(|it| own(it)).count() >= DIALLED_PER_PHONE;
        if !is_help && (!self.lets_in || is_much || !self.may_leave(now, whither)) {
            return Err(busy);
        }
        let hops = match info.max_forwards.unwrap_or(MAX_FORWARDS).checked_sub(1) {
            Some(hops) => hops,
            // A loop is a lesser evil than a call for help that ends here.
            None if is_help => 1,
            None => return Err(No(Refused::NoSession, status(483), None)),
        };
        self.begin_dialled(now, (call, Peer::Phone(phone), None), (whither, hops), info)
    }

    /// Lets it ring there.
    pub(super) fn begin_dialled(
        &mut self,
        now: Tick,
        (call, peer, shown): (CallId, Peer, Option<Shown>),
        (whither, hops): (Whither, u8),
        info: &InviteInfo,
    ) -> Result<(), No> {
        let (phone, offered) = self.caller_leg(call, peer, info)?;
        let (outs, is_up, asked, early) = (Vec::new(), false, 0, None);
        let knows_early = info.all(Name::PEarlyMedia).any(|it| it.eq_ignore_ascii_case(SUPPORTED));
        let it = DialledCall {
            phone,
            shown,
            offered,
            outs,
            is_up,
            whither,
            early,
            knows_early,
            asked,
            hops,
        };
        self.dialled.insert(call, it);
        if self.call_next(now, call) {
            // The caller hears it ring.
            let _ = self.ua.ring(now, call);
            return Ok(());
        }
        self.dialled.remove(&call);
        Err(No(Refused::NoSuchNumber, status(480), None))
    }

    /// Whether the trunk's day has room for one call more; counts it. Calls to telephones of ours leave nowhere.
    pub(super) fn may_leave(&mut self, now: Tick, whither: Whither) -> bool {
        let Whither::Outside(Outside { trunk, .. }) = whither else { return true };
        let (Some(rules), Some(state)) = (self.setup.trunks.get(trunk), self.trunks.get_mut(trunk))
        else {
            return false;
        };
        if now.since(state.day_began) >= OUTBOUND_DAY {
            (state.day_began, state.left_today) = (now, 0);
        }
        let may = state.left_today < rules.outbound_daily;
        state.left_today += u32::from(may);
        self.counters.outbound_refused += u64::from(!may);
        may
    }

    // ---- the legs that leave ----

    /// Calls by the next way there is.
    fn call_next(&mut self, now: Tick, call: CallId) -> bool {
        while let Some(ways) = self.next_ways(now, call) {
            let rings = ways.into_iter().filter(|way| self.call_by(now, call, way)).count();
            if rings > 0 {
                return true;
            }
        }
        false
    }

    /// The ways to be tried at once now; none if there is no further one.
    fn next_ways(&mut self, now: Tick, call: CallId) -> Option<Vec<WayOut>> {
        let it = self.dialled.get_mut(&call)?;
        let (whither, nth) = (it.whither, it.asked);
        it.asked += 1;
        let (trunk, outward) = match whither {
            Whither::Phone(_) if nth > 0 => return None,
            Whither::Phone(phone) => {
                let way_out = |target: super::conversation::Target| WayOut {
                    peer: Peer::Phone(target.phone),
                    outward: target.outward,
                };
                return Some(self.targets_of(now, phone).into_iter().map(way_out).collect());
            }
            Whither::Outside(outside) | Whither::Behind(outside) => {
                let peer = Peer::Trunk(outside.trunk);
                let outward = self.outward(outside, nth).filter(|_| self.has_channel(peer));
                (outside.trunk, outward)
            }
            Whither::Help { trunk, number } => (trunk, self.outward_for_help(trunk, number, nth)),
        };
        let way_out = |outward| WayOut { peer: Peer::Trunk(trunk), outward };
        (nth < self.peer_count(trunk)).then(|| outward.map(way_out).into_iter().collect())
    }

    fn call_by(&mut self, now: Tick, call: CallId, way: &WayOut) -> bool {
        let mut leg = self.new_leg(call, way.peer, &way.outward.flow);
        let whither = self.dialled.get(&call).map(|it| it.whither);
        if let Some(Whither::Help { .. }) = whither {
            leg.sound.wanted = leg.sound.wanted.for_help_outside();
        }
        let (media, rng) = (&mut self.media, &mut self.rng);
        if leg.sound.open(media, rng, None, None, &mut self.counters).is_err() {
            return false;
        }
        let id = leg.sound.id;
        let Some(it) = self.dialled.get(&call) else { return false };
        let (ring_for, sign) = match it.whither {
            Whither::Help { .. } => (EMERGENCY_RING, EMERGENCY_SIGN),
            Whither::Outside(_) | Whither::Behind(_) | Whither::Phone(_) => {
                (DIALLED_RING, FIRST_SIGN)
            }
        };
        let hops = it.hops;
        let (from, mut headers) = match &it.shown {
            Some(shown) => self.put_through_as(shown, it.whither),
            None => self.staff_shown(it),
        };
        // A call for help leaves as it is.
        let is_help = matches!(it.whither, Whither::Help { .. });
        if matches!(way.peer, Peer::Trunk(_)) && !is_help {
            headers.push((Name::PEarlyMedia, Redacted::new(SUPPORTED.to_vec())));
        }
        let max_forwards = hops.min(MAX_FORWARDS);
        // What the telephone would like: often the codec of a caller whom it has on hold, and may hand on.
        let capabilities = match it.phone.would_like() {
            Some(codec) => leg.sound.capabilities().preferring(codec),
            None => leg.sound.capabilities(),
        };
        let invite = leg.offer(capabilities).map(|offer| {
            let invite = way.outward.clone().invite(from, offer, ring_for);
            Invite { headers, max_forwards, ..invite }
        });
        let Some(out) = invite.and_then(|invite| self.ua.invite(now, invite).ok()) else {
            self.close_sound(id);
            return false;
        };
        self.first_signs.insert((now + sign, out));
        if let Peer::Trunk(at) = way.peer {
            self.trunks[at].calls += 1;
        }
        if let Some(it) = self.dialled.get_mut(&call) {
            it.outs.push(Leg { call: out, ..leg });
        }
        true
    }

    /// From, and who answers for the call: the telephone, or outside the number that the trunk shows, and the
    /// one that its carrier knows as ours (RFC 3325).
    fn staff_shown(&self, it: &DialledCall) -> (Vec<u8>, Fields) {
        let trunk = match it.whither {
            Whither::Outside(Outside { trunk, .. }) | Whither::Behind(Outside { trunk, .. }) => {
                Some(trunk)
            }
            // Help has to see the telephone as it is; but who registers is put through with numbers of its own only.
            Whither::Help { trunk, .. } => Some(trunk).filter(|&it| self.has_account(it)),
            Whither::Phone(_) => None,
        };
        let domain = trunk.map_or(&self.setup.domain[..], |trunk| self.domain_at(trunk));
        let asserted = trunk.and_then(|trunk| self.asserted(trunk, None));
        let shown = trunk.and_then(|trunk| self.setup.trunks.get(trunk)?.caller_id);
        let Some(shown) = shown.or(asserted).and_then(|shown| uri(shown, domain)) else {
            let id = match it.phone.peer {
                Peer::Phone(at) => self.setup.phones.get(at).map_or("", |it| it.id.as_str()),
                Peer::Trunk(_) => "",
            };
            return (format!("<sip:{id}@{domain}>").into_bytes(), Vec::new());
        };
        let asserted = asserted.and_then(|own| uri(own, domain)).zip(trunk);
        let fields = asserted.map(|(own, trunk)| {
            (self.asserted_in(trunk), Redacted::new([b"<", &own[..], b">"].concat()))
        });
        ([b"<", &shown[..], b">"].concat(), fields.into_iter().collect())
    }

    /// The telephone's call of which this is a leg.
    pub(super) fn dialled_of(&self, call: CallId) -> Option<CallId> {
        if self.dialled.contains_key(&call) {
            return Some(call);
        }
        let is_out = |it: &DialledCall| it.outs.iter().any(|leg| leg.call == call);
        self.dialled.iter().find(|(_, it)| is_out(it)).map(|(&call, _)| call)
    }

    // ---- what the legs report ----

    /// The far end plays something before it answers: who dialled hears it.
    pub(super) fn dialled_progresses(
        &mut self,
        now: Tick,
        (out, of): (CallId, CallId),
        description: &[u8],
    ) {
        let Some(it) = self.dialled.get(&of).filter(|it| !it.is_up) else { return };
        let Some(leg) = it.outs.iter().find(|leg| leg.call == out) else { return };
        let Some((remote, codec)) = leg.hears_early(description) else { return };
        // Whose offer is still to come has no session that could begin before the answer.
        let (id, offers) = (leg.sound.id, it.offered.is_some());
        let _parted = self.media.part(id);
        let updated = self.media.update(id, &remote);
        self.counters.media_refused += u64::from(updated.is_err());
        if offers && self.begin_early(of, codec) && self.tell_early(now, of) {
            self.hear_early(of, id);
        }
    }

    /// Answers the offer of who dialled before the call is answered; says whether there is a session now.
    fn begin_early(&mut self, of: CallId, codec: Codec) -> bool {
        if self.dialled.get(&of).is_some_and(|it| it.early.is_some()) {
            return true;
        }
        let Some((sdp, Some(remote))) = self.answer_phone(of, codec) else { return false };
        let Some(it) = self.dialled.get_mut(&of) else { return false };
        let unheard = Remote { silent_after: None, ..remote };
        it.early = Some(EarlyMedia { sdp, remote, is_told: false, from: None });
        let updated = self.media.update(it.phone.sound.id, &unheard);
        self.counters.media_refused += u64::from(updated.is_err());
        true
    }

    /// Sends the 183, once; says whether who dialled knows of the session.
    fn tell_early(&mut self, now: Tick, of: CallId) -> bool {
        let Some(it) = self.dialled.get_mut(&of) else { return false };
        let Some(early) = &mut it.early else { return false };
        if !early.is_told {
            // A caller who gave up meanwhile tells so.
            let told = self.ua.early_media(now, of, early.sdp.clone(), it.knows_early);
            early.is_told = told.is_ok();
        }
        early.is_told
    }

    fn hear_early(&mut self, of: CallId, out: LegId) {
        let Some(it) = self.dialled.get_mut(&of) else { return };
        let phone = it.phone.sound.id;
        if let Some(early) = &mut it.early {
            early.from = Some(out);
        }
        let stopped = self.media.stop_playing(phone);
        self.counters.media_refused += u64::from(stopped.is_err());
        self.join_legs(phone, out);
    }

    /// The one that was heard is gone, and others are called: it rings, as it did before the one was heard.
    fn ring_on(&mut self, of: CallId, gone: LegId) {
        let Some(it) = self.dialled.get_mut(&of) else { return };
        let Some(early) = it.early.as_mut().filter(|it| it.from == Some(gone)) else { return };
        early.from = None;
        let (id, play) = (it.phone.sound.id, PlayId(self.next_play));
        self.next_play += 1;
        let ringing = self.setup.ringing.clone();
        self.start(id, play, ringing, Repeat::Forever);
    }

    /// One answered: both hear each other, and the others stop ringing.
    pub(super) fn dialled_answers(
        &mut self,
        now: Tick,
        out: CallId,
        of: CallId,
        answer: Option<&[u8]>,
    ) {
        let Some(it) = self.dialled.get_mut(&of) else { return };
        let Some(at) = it.outs.iter().position(|leg| leg.call == out) else { return };
        let agreed = answer.and_then(|sdp| it.outs[at].accept(sdp));
        let (Some(remote), Some(codec)) = (agreed, it.outs[at].codec()) else {
            self.hang_up(now, out, None);
            return self.dialled_leg_gone(now, out, of, Some(status(503)));
        };
        let leg = it.outs.remove(at);
        let id = leg.sound.id;
        let others = std::mem::replace(&mut it.outs, vec![leg]);
        it.is_up = true;
        let early = it.early.take();
        for leg in others {
            self.close_out(&leg);
            self.hang_up(now, leg.call, None);
        }
        if early.is_some() {
            // What was agreed on may be another codec than what was heard.
            let _parted = self.media.part(id);
        }
        let updated = self.media.update(id, &remote);
        self.counters.media_refused += u64::from(updated.is_err());
        match self.answer_at_last(of, early, codec) {
            Some(sdp) => {
                // A caller who gave up meanwhile tells so.
                let _ = self.ua.answer(now, of, sdp);
                self.join_dialled(of);
            }
            None => self.end_dialled(now, of, Some(status(488))),
        }
    }

    /// What the 200 says to who dialled: what was said before, if it was.
    fn answer_at_last(
        &mut self,
        of: CallId,
        early: Option<EarlyMedia>,
        codec: Codec,
    ) -> Option<Vec<u8>> {
        let (sdp, remote) = match early {
            Some(EarlyMedia { sdp, remote, .. }) => (sdp, Some(remote)),
            None => self.answer_phone(of, codec)?,
        };
        let id = self.dialled.get(&of)?.phone.sound.id;
        let stopped = self.media.stop_playing(id);
        let updated = remote.map_or(Ok(()), |remote| self.media.update(id, &remote));
        self.counters.media_refused += u64::from(stopped.is_err());
        updated.is_ok().then_some(sdp)
    }

    /// Our description for the telephone that dialled: what the other side speaks; and where the telephone receives,
    /// unless that is still to be answered.
    fn answer_phone(&mut self, of: CallId, codec: Codec) -> Option<(Vec<u8>, Option<Remote>)> {
        let it = self.dialled.get_mut(&of)?;
        let (media, rng) = (&mut self.media, &mut self.rng);
        if it.phone.sound.ports.is_none() {
            it.phone.sound.open(media, rng, it.offered, None, &mut self.counters).ok()?;
        }
        let capabilities = it.phone.sound.capabilities_beside(Some(codec));
        if it.offered.is_none() {
            return it.phone.offer(capabilities).map(|sdp| (sdp, None));
        }
        // A telephone that does not speak what the other side has chosen is decoded for.
        let all = it.phone.sound.capabilities();
        let (sdp, remote) = it.phone.answer(capabilities).or_else(|| it.phone.answer(all))?;
        Some((sdp, Some(remote)))
    }

    pub(super) fn join_dialled(&mut self, of: CallId) {
        let Some(it) = self.dialled.get(&of).filter(|it| it.is_up) else { return };
        if let Some(out) = it.outs.first() {
            let (phone, out) = (it.phone.sound.id, out.sound.id);
            self.join_legs(phone, out);
        }
    }

    fn join_legs(&mut self, phone: LegId, out: LegId) {
        let joined = match self.media.join(phone, out) {
            Err(media::Refused::Codecs(..)) => self.media.mix(phone, out, None),
            joined => joined,
        };
        self.counters.media_refused += u64::from(joined.is_err());
    }

    /// The telephone's answer to our offer.
    pub(super) fn dialling_phone_acked(&mut self, call: CallId, answer: Option<&[u8]>) {
        let Some(it) = self.dialled.get_mut(&call) else { return };
        if let Some(remote) = answer.and_then(|sdp| it.phone.accept(sdp)) {
            let updated = self.media.update(it.phone.sound.id, &remote);
            self.counters.media_refused += u64::from(updated.is_err());
            self.join_dialled(call);
        }
    }

    /// Either side wants another session: hold, its end, a refresh.
    pub(super) fn change_dialled(
        &mut self,
        call: CallId,
        of: CallId,
        offer: Option<&[u8]>,
    ) -> Result<Vec<u8>, Status> {
        let it = self.dialled.get_mut(&of).ok_or(status(488))?;
        let is_phone = call == of;
        let other = if is_phone { it.outs.first() } else { Some(&it.phone) };
        let codec = other.and_then(Leg::codec);
        let out = it.outs.iter_mut().find(|leg| leg.call == call);
        let leg = if is_phone { &mut it.phone } else { out.ok_or(status(488))? };
        let (sdp, remote) = leg.take_change(offer, codec)?;
        let id = leg.sound.id;
        if let Some(remote) = remote {
            let updated = self.media.update(id, &remote);
            self.counters.media_refused += u64::from(updated.is_err());
            self.join_dialled(of);
        }
        Ok(sdp)
    }

    /// A leg is gone. A trunk that is out of order has further peers; whoever hangs up ends the call.
    pub(super) fn dialled_leg_gone(
        &mut self,
        now: Tick,
        call: CallId,
        of: CallId,
        said: Option<Status>,
    ) {
        if call == of {
            return self.end_dialled(now, of, None);
        }
        let Some(it) = self.dialled.get_mut(&of) else { return };
        let (was_up, whither) = (it.is_up, it.whither);
        let Some(at) = it.outs.iter().position(|leg| leg.call == call) else { return };
        let leg = it.outs.remove(at);
        let still_rings = !it.outs.is_empty();
        self.close_out(&leg);
        if still_rings {
            return self.ring_on(of, leg.sound.id);
        }
        // Somebody was there and said no: nobody else is asked, but for help.
        let is_final = said.is_some_and(|it| is_said_by_somebody(it.code()));
        let is_help = matches!(whither, Whither::Help { .. });
        if was_up || is_final && !is_help || !self.call_next(now, of) {
            // The telephone hears what the last one said, or that nobody was reached.
            return self.end_dialled(now, of, Some(said.map_or(status(503), to_be_passed_on)));
        }
        self.ring_on(of, leg.sound.id);
    }

    fn close_out(&mut self, leg: &Leg) {
        self.close_sound(leg.sound.id);
        if let Peer::Trunk(at) = leg.peer {
            self.trunks[at].calls -= 1;
        }
    }

    /// Ends every leg that is left.
    pub(super) fn end_dialled(&mut self, now: Tick, of: CallId, say: Option<Status>) {
        let Some(it) = self.dialled.remove(&of) else { return };
        for leg in &it.outs {
            self.close_out(leg);
            self.hang_up(now, leg.call, None);
        }
        if it.phone.sound.ports.is_some() {
            self.close_sound(it.phone.sound.id);
        }
        if let Peer::Trunk(at) = it.phone.peer {
            self.trunks[at].calls -= 1;
        }
        let Some(status) = say else { return self.hang_up(now, of, None) };
        // One that was answered already is hung up.
        if self.ua.refuse_call(now, of, status, None, None).is_err() {
            self.hang_up(now, of, None);
        }
    }

    /// The leg of the one who answered leaves for a contact; the telephone that dialled is hung up.
    pub(super) fn take_over_leg(&mut self, now: Tick, of: CallId) -> Option<Leg> {
        let it = self.dialled.get_mut(&of).filter(|it| it.is_up)?;
        let leg = it.outs.pop();
        self.end_dialled(now, of, None);
        leg
    }

    /// The agent at whose telephone a call of another one leads, if it is signed on.
    pub(super) fn agent_there(&self, whither: Whither) -> Option<AgentId> {
        let Whither::Phone(phone) = whither else { return None };
        let agent = self.setup.phones.get(phone)?.agent?;
        let state = self.states.get(&agent).copied().unwrap_or(State::SignedOff);
        (state != State::SignedOff).then_some(agent)
    }
}

/// What the one who dialled is told of a final response. That the call was sent elsewhere, or that we had to prove
/// who we are, would mislead there (RFC 3261, 16.7).
fn to_be_passed_on(said: Status) -> Status {
    if matches!(said.code(), 300..=399 | 401 | 407) { status(480) } else { said }
}

/// A final response that a person, or a telephone for one, has given.
fn is_said_by_somebody(code: u16) -> bool {
    matches!(code, 404 | 410 | 480 | 484 | 486 | 487 | 600 | 603 | 604)
}
