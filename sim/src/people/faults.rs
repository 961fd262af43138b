// SPDX-License-Identifier: EUPL-1.2
//! What goes wrong between people and the centre: events that come twice, late or out of nowhere.

use super::{Happening, People};
use crate::chance;
use acd::agent::Pause;
use acd::contact::Parting;
use centre::{
    Event, OfficeEnd, PartnerEnd, RefusedBy, SteeringReason, SwitchboardEnd, TransferTo, Via,
};
use stdx::{AgentId, ContactId, LineId, Micros, PartnerId, PlanId, SkillId, SwitchboardId, Tick};

impl People {
    pub(super) fn go_wrong(&mut self, now: Tick, event: Event) {
        let faults = self.spec.faults;
        if faults.told_twice > 0.0 && self.faults.chance(faults.told_twice) {
            let late = now + chance::within(&mut self.faults, Micros::from_secs(5));
            self.plan(late, Happening::Says(event));
        }
        if faults.nonsense > 0.0 && self.faults.chance(faults.nonsense) {
            let nonsense = self.nonsense();
            self.plan(now, Happening::Says(nonsense));
        }
    }

    /// Any event about anybody, likely or not.
    pub(super) fn nonsense(&mut self) -> Event {
        let agents = self.spec.shifts.len() as u64 + 1;
        let agent = AgentId(self.faults.below(agents) as u16);
        let recent = self.last_contact.saturating_sub(self.faults.below(20));
        let contact = ContactId(recent);
        let line = LineId(self.faults.below(self.spec.traffic.len() as u64 + 1) as u16);
        let partner = PartnerId(self.faults.below(self.spec.partners.len() as u64 + 1) as u16);
        let plan = PlanId(self.faults.below(self.spec.setup.plans.len() as u64 + 1) as u16);
        match self.faults.below(48) {
            0 => Event::CallArrived { contact, line, caller: None, via: Via::default() },
            1 => Event::AnnouncementOver { contact },
            2 => Event::TalkAlive { contact },
            3 => Event::SignOn { agent },
            4 => Event::MakeReady { agent },
            5 => Event::MakeNotReady { agent, pause: Pause::DeskWork },
            6 => Event::Answer { agent, contact },
            7 => Event::Decline { agent, contact },
            8 => Event::HangUp { agent },
            9 => Event::ExtendWrapUp { agent },
            10 => Event::EndWrapUp { agent },
            11 => Event::CallerLeft { contact, parting: Parting::CutOff },
            12 => Event::SignOff { agent },
            13 => Event::Unreachable { agent, contact },
            14 => Event::SwitchboardAnswered { contact },
            15 => Event::SwitchboardFailed { contact, why: SwitchboardEnd::Busy },
            16 => Event::PartnerAnswered { contact },
            17 => Event::PartnerFailed { contact, why: PartnerEnd::Closed },
            18 => Event::Deflected { contact },
            19 => Event::OtherLeft { contact, parting: Parting::HungUp },
            20 => Event::CallbackWanted { contact },
            21 => Event::CallbackReached { contact },
            22 => Event::CallbackFailed { contact },
            23 => Event::InformationWanted { contact },
            24 => Event::PullForward { contact, reason: SteeringReason::Distress },
            25 => Event::MoveToLine { contact, line, reason: SteeringReason::WrongLine },
            26 => Event::UndoSteering { contact },
            27 => Event::SendHome { agent },
            28 => Event::SetSkill {
                agent,
                skill: SkillId(self.faults.below(4) as u16),
                level: self.faults.below(11) as u8,
            },
            29 => Event::CloseLine { line, lasts: Micros::from_secs(self.faults.below(600)) },
            30 => Event::OpenLine { line },
            31 => Event::StartPlan { plan },
            32 => Event::EndPlan { plan },
            33 => Event::SwitchboardStaffed {
                switchboard: SwitchboardId(partner.0),
                staffed: self.faults.chance(0.5),
            },
            34 => Event::CallRefused {
                contact: ContactId(self.last_contact + 1 + self.faults.below(2)),
                line,
                by: RefusedBy::Carrier,
            },
            35 => {
                Event::BlindTransfer { agent, to: TransferTo::Agent(AgentId(contact.0 as u16 % 9)) }
            }
            36 => Event::BlindTransfer { agent, to: TransferTo::Line(line) },
            37 => Event::BlindTransfer { agent, to: TransferTo::Partner(partner) },
            38 => Event::BlindTransfer { agent, to: TransferTo::Office },
            39 => Event::AttendedTransfer { agent, to: Some(AgentId(contact.0 as u16 % 9)) },
            40 => Event::AttendedTransfer { agent, to: None },
            41 => Event::OfficeAnswered { contact },
            42 => Event::OfficeFailed { contact, why: OfficeEnd::Unreachable },
            _ => Event::Deadline,
        }
    }
}
