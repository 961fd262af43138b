// SPDX-License-Identifier: EUPL-1.2
//! Who watches a telephone of ours (RFC 6665 for the package `dialog`, RFC 4235): SUBSCRIBE in, NOTIFY out.
//!
//! A subscription has a dialog of its own and no call. It is not kept over a restart: who refreshes one that nobody
//! knows gets 481 and subscribes anew (RFC 6665, 4.1.2.3).
//!
//! The rule to keep: bounded; what is refused keeps nothing, and one that is over leaves nothing behind.

use super::calls::{UserAgent, status};
use super::compose::{self, ALLOW_EVENTS, DIALOG_PACKAGE, Draft};
use super::lamp::{self, Lamp};
use super::limits::{
    PROBATION, SUBSCRIPTION_LEAST, SUBSCRIPTION_MOST, SUBSCRIPTION_USUAL, SUBSCRIPTIONS_MAX,
};
use super::outgoing::towards;
use super::subscription::{Ceasing, Subscription, SubscriptionEffect, SubscriptionEvent, Wish};
use super::transport::Purpose;
use super::words::{CommandRefused, Event, Flow, SubscribeInfo, SubscriptionId, Way};
use crate::dialog::{Dialog, DialogId};
use crate::message::limits::IDENTIFIER_MAX;
use crate::message::{Headers, Name, Request, is_token};
use crate::transaction::TransactionKey;
use crate::{Method, Status};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use stdx::{Redacted, Tick};

/// All who watch.
#[derive(Default)]
pub(super) struct Subscriptions {
    by_dialog: BTreeMap<DialogId, SubscriptionId>,
    all: BTreeMap<SubscriptionId, Subscribed>,
    timers: BTreeSet<(Tick, SubscriptionId)>,
}

/// One who watches.
struct Subscribed {
    machine: Subscription,
    dialog: Dialog,
    flow: Flow,
    way: Way,
    /// The parameter `id` of its Event, which every NOTIFY repeats (RFC 6665, 8.2.1).
    event_id: Vec<u8>,
    watched: Watched,
    /// The number of the next document (RFC 4235, 4.1.1).
    version: u32,
    due: Option<Tick>,
}

/// Whom a subscription is about, as the documents name it, and how it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// The address-of-record: `sip:k1@centre.example`.
    pub entity: Vec<u8>,
    /// Its name in that: `k1`.
    pub name: Vec<u8>,
    /// What it is doing.
    pub lamp: Lamp,
}

impl Subscriptions {
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn has_dialog(&self, id: &DialogId) -> bool {
        self.by_dialog.contains_key(id)
    }

    /// The first deadline, and why.
    pub(super) fn deadline(&self) -> Option<(Tick, &'static str)> {
        let &(at, id) = self.timers.first()?;
        let why = self.all.get(&id).and_then(|it| it.machine.deadline());
        Some((at, why.map_or("", |(_, why)| why)))
    }

    /// Whose deadline has come.
    pub(super) fn due(&self, now: Tick) -> Option<SubscriptionId> {
        self.timers.first().filter(|(at, _)| *at <= now).map(|&(_, id)| id)
    }

    fn reschedule(&mut self, id: SubscriptionId) {
        let Some(it) = self.all.get_mut(&id) else { return };
        let due = it.machine.deadline().map(|(at, _)| at);
        if let Some(at) = it.due.filter(|_| it.due != due) {
            self.timers.remove(&(at, id));
        }
        it.due = due;
        self.timers.extend(due.map(|at| (at, id)));
    }

    fn forget(&mut self, id: SubscriptionId) {
        let Some(it) = self.all.remove(&id) else { return };
        self.by_dialog.remove(&it.dialog.id);
        if let Some(at) = it.due {
            self.timers.remove(&(at, id));
        }
    }
}

impl UserAgent {
    // ---- what the user does ----

    /// Lets somebody watch: 200, and NOTIFY with how it is now.
    ///
    /// # Errors
    /// If nobody waits for that any more; so after [`super::limits::SUBSCRIBE_ANSWER_MAX`].
    pub fn accept_subscription(
        &mut self,
        now: Tick,
        id: SubscriptionId,
        watched: Watched,
    ) -> Result<(), CommandRefused> {
        let it = self.subscriptions.all.get_mut(&id).ok_or(CommandRefused::NoSuchCall)?;
        it.watched = watched;
        self.step_subscription(now, id, SubscriptionEvent::Accept)
    }

    /// Lets somebody not watch: 300 to 699, but 408.
    ///
    /// # Errors
    /// If nobody waits for that any more.
    pub fn refuse_subscription(
        &mut self,
        now: Tick,
        id: SubscriptionId,
        status: Status,
    ) -> Result<(), CommandRefused> {
        self.step_subscription(now, id, SubscriptionEvent::Refuse(status))
    }

    /// Whom it is about does something else. Told at once, or as soon as who watches has taken what was told before,
    /// and at most once a second.
    ///
    /// # Errors
    /// If nobody watches.
    pub fn show(
        &mut self,
        now: Tick,
        id: SubscriptionId,
        lamp: Lamp,
    ) -> Result<(), CommandRefused> {
        let it = self.subscriptions.all.get_mut(&id).ok_or(CommandRefused::NoSuchCall)?;
        it.watched.lamp = lamp;
        self.step_subscription(now, id, SubscriptionEvent::Changed)
    }

    /// Ends a subscription: who watches is told why.
    ///
    /// # Errors
    /// If nobody watches.
    pub fn cease(
        &mut self,
        now: Tick,
        id: SubscriptionId,
        why: Ceasing,
    ) -> Result<(), CommandRefused> {
        self.step_subscription(now, id, SubscriptionEvent::Cease(why))
    }

    /// How many watch.
    #[must_use]
    pub fn subscriptions(&self) -> usize {
        self.subscriptions.all.len()
    }

    // ---- what comes ----

    /// A SUBSCRIBE outside of any dialog.
    pub(super) fn admit_subscription(
        &mut self,
        now: Tick,
        flow: Flow,
        request: &Request<'_>,
        key: TransactionKey,
    ) {
        if let Some((code, draft)) = objection(&request.headers) {
            return self.refuse(flow, request, code, &draft);
        }
        if self.draining || self.subscriptions.all.len() >= SUBSCRIPTIONS_MAX {
            return self.refuse_for_now(flow, request);
        }
        let Some(transaction) = self.arrive(now, flow, request, key) else { return };
        let Some(tag) = self.transactions.payload(transaction).map(|sent| sent.to_tag.clone())
        else {
            return;
        };
        let first_cseq = (self.rng.next_u64() % 1_000_000) as u32;
        let mut dialog = Dialog::incoming_of(request, flow, &tag, first_cseq);
        dialog.confirm();
        let wish = Wish { transaction, seconds: seconds(&request.headers) };
        let direct = compose::is_direct(&request.headers.via, flow.remote);
        let it = Subscribed {
            machine: Subscription::asked(now, wish),
            flow,
            way: if direct { Way::Routes } else { Way::Flow },
            event_id: event_id(&request.headers).unwrap_or_default().to_vec(),
            watched: Watched::default(),
            version: 0,
            due: None,
            dialog,
        };
        let id = SubscriptionId(self.next);
        self.next += 1;
        self.subscriptions.by_dialog.insert(it.dialog.id.clone(), id);
        self.subscriptions.all.insert(id, it);
        self.subscriptions.reschedule(id);
        let info = SubscribeInfo { request_uri: Redacted::new(request.uri.raw().to_vec()), flow };
        self.tell(Event::Subscribe(id, Box::new(info)));
    }

    /// A request in the dialog of a subscription: only another SUBSCRIBE has a meaning there.
    pub(super) fn in_subscription(
        &mut self,
        now: Tick,
        flow: Flow,
        (request, key): (&Request<'_>, TransactionKey),
        dialog: &DialogId,
    ) {
        let Some(&id) = self.subscriptions.by_dialog.get(dialog) else { return };
        let Some(it) = self.subscriptions.all.get_mut(&id) else { return };
        let headers = &request.headers;
        let refused = if request.method == Method::Subscribe {
            let admitted = it.dialog.admit(request.method, headers.cseq.number);
            let out_of_order = admitted.err().map(|why| (status(why.code()), Draft::default()));
            objection(headers).or(out_of_order)
        } else {
            Some((status(481), Draft::default()))
        };
        if let Some((code, draft)) = refused {
            return self.refuse(flow, request, code, &draft);
        }
        // RFC 6665, 4.2.1.1: SUBSCRIBE is a target refresh request.
        it.dialog.refresh_target(compose::contact_uri(headers));
        match (it.way, flow.connection) {
            (Way::Flow, _) | (Way::Routes, Some(_)) => it.flow = flow,
            (Way::Routes, None) => {}
        }
        if let Some(transaction) = self.arrive(now, flow, request, key) {
            let wish = Wish { transaction, seconds: seconds(headers) };
            let _ = self.step_subscription(now, id, SubscriptionEvent::Refresh(wish));
        }
    }

    /// The final response to a NOTIFY came, or 408 or 503 for none.
    pub(super) fn notify_answered(&mut self, now: Tick, id: SubscriptionId, status: Status) {
        // Of one that is over nothing is left to be told.
        let _ = self.step_subscription(now, id, SubscriptionEvent::Notified(status));
    }

    /// A deadline has come.
    pub(super) fn subscription_due(&mut self, now: Tick, id: SubscriptionId) {
        let _ = self.step_subscription(now, id, SubscriptionEvent::Timeout);
    }

    fn step_subscription(
        &mut self,
        now: Tick,
        id: SubscriptionId,
        event: SubscriptionEvent,
    ) -> Result<(), CommandRefused> {
        let it = self.subscriptions.all.get_mut(&id).ok_or(CommandRefused::NoSuchCall)?;
        let was_asked = matches!(it.machine, Subscription::Asked { .. });
        let (machine, effects) = it.machine.next(now, event);
        it.machine = machine;
        let mut result = Ok(());
        for effect in effects {
            match effect {
                SubscriptionEffect::Refused(why) => result = Err(CommandRefused::NotNow(why)),
                SubscriptionEffect::Answer(wish, code) => {
                    self.answer_subscribe(now, id, wish, code);
                }
                SubscriptionEffect::Notify(left) => {
                    let seconds = left.as_secs().max(1);
                    self.notify(now, id, format!("active;expires={seconds}"));
                }
                SubscriptionEffect::Last(why) => self.notify(now, id, last_state(why)),
            }
        }
        self.subscriptions.reschedule(id);
        let is_over = self.subscriptions.all.get(&id).map(|it| it.machine);
        if is_over == Some(Subscription::Over) {
            self.subscriptions.forget(id);
            // Whoever refused it knows.
            if !(was_asked && matches!(event, SubscriptionEvent::Refuse(_))) {
                self.tell(Event::Unsubscribed(id));
            }
        }
        result
    }

    fn answer_subscribe(&mut self, now: Tick, id: SubscriptionId, wish: Wish, code: Status) {
        let mut draft = Draft::default();
        if code.is_success() {
            let Some(it) = self.subscriptions.all.get(&id) else { return };
            let contact = compose::contact(&self.config.contact_user, &it.flow);
            draft =
                draft.with(Name::Contact, contact).with(Name::Expires, format!("{}", wish.seconds));
        } else if code.code() == 503 {
            draft = draft.with(Name::RetryAfter, self.retry_after());
        }
        self.respond(now, wish.transaction, code, &draft);
    }

    fn notify(&mut self, now: Tick, id: SubscriptionId, state: String) {
        let Some(it) = self.subscriptions.all.get_mut(&id) else { return };
        let version = it.version;
        it.version = it.version.wrapping_add(1);
        it.dialog.next_cseq();
        let (dialog, flow) = (it.dialog.clone(), towards(it.way, it.flow, &it.dialog));
        let Watched { entity, name, lamp } = &it.watched;
        let mut event = DIALOG_PACKAGE.to_vec();
        if !it.event_id.is_empty() {
            event.extend_from_slice(b";id=");
            event.extend_from_slice(&it.event_id);
        }
        let document = lamp::document(version, entity, name, *lamp);
        let contact = compose::contact(&self.config.contact_user, &flow);
        let draft = Draft { lamp: Some(document), ..Draft::default() }
            .with(Name::Contact, contact)
            .with(Name::Event, event)
            .with(Name::SubscriptionState, state);
        let purpose = |_| Purpose::OurNotify(id);
        let sent = self.request_in_dialog(now, &dialog, flow, Method::Notify, purpose, &draft);
        // Without room nobody hears of it: as if nobody had answered.
        if sent.is_none()
            && let Some(it) = self.subscriptions.all.get_mut(&id)
        {
            it.machine = Subscription::Over;
        }
    }
}

/// What is wrong with a SUBSCRIBE, wherever it belongs (RFC 6665, 4.2.1).
fn objection(headers: &Headers<'_>) -> Option<(Status, Draft)> {
    if headers.event() != Some(DIALOG_PACKAGE) {
        let known = Draft::default().with(Name::AllowEvents, ALLOW_EVENTS);
        return Some((status(489), known));
    }
    let is_bad = compose::contact_uri(headers).is_none()
        || !compose::can_be_routed(headers)
        || event_id(headers)
            .is_some_and(|id| !id.iter().copied().all(is_token) || id.len() > IDENTIFIER_MAX);
    if is_bad {
        return Some((status(400), Draft::default()));
    }
    if !takes_documents(headers) {
        return Some((status(406), Draft::default().with(Name::Accept, lamp::MEDIA_TYPE)));
    }
    let is_brief = headers.expires().is_some_and(|it| (1..SUBSCRIPTION_LEAST).contains(&it));
    is_brief.then(|| {
        let least = format!("{SUBSCRIPTION_LEAST}");
        (status(423), Draft::default().with(Name::MinExpires, least))
    })
}

/// Whether it takes what we tell; without Accept it does (RFC 4235, 3.5).
fn takes_documents(headers: &Headers<'_>) -> bool {
    let mut accepted = headers.tokens(Name::Accept).peekable();
    let takes = |value: &[u8]| {
        let kind = value.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
        [lamp::MEDIA_TYPE, b"application/*", b"*/*"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(kind))
    };
    accepted.peek().is_none() || accepted.any(takes)
}

/// The parameter `id` of Event.
fn event_id<'a>(headers: &Headers<'a>) -> Option<&'a [u8]> {
    let mut params = headers.first(Name::Event)?.raw.split(|&byte| byte == b';').skip(1);
    params.find_map(|param| {
        let at = param.iter().position(|&byte| byte == b'=')?;
        let is_id = param[..at].trim_ascii().eq_ignore_ascii_case(b"id");
        is_id.then(|| param[at + 1..].trim_ascii())
    })
}

/// For how long, within our bounds.
fn seconds(headers: &Headers<'_>) -> u32 {
    headers.expires().unwrap_or(SUBSCRIPTION_USUAL).min(SUBSCRIPTION_MOST)
}

fn last_state(why: Ceasing) -> String {
    match why {
        Ceasing::Timeout => "terminated;reason=timeout".into(),
        Ceasing::NoResource => "terminated;reason=noresource".into(),
        // A reason after which nobody tries again (RFC 6665, 4.1.3): two that show the same would end each other
        // for ever.
        Ceasing::Superseded => "terminated;reason=rejected".into(),
        Ceasing::Probation => format!("terminated;reason=probation;retry-after={PROBATION}"),
    }
}
