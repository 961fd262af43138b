// SPDX-License-Identifier: EUPL-1.2
//! Nothing is left of a leg. Alone in its process, because it counts the process's files.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use telephony::clip::ClipCodec;
use telephony::media::{Config, Drawn, Event, LegId, Media, Opening, PayloadMap, Remote};

fn files() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("Linux shows the files").count()
}

fn opening(local: IpAddr) -> Opening {
    let map = PayloadMap { sound: 8, event: None };
    let remote = Remote {
        address: SocketAddr::new(local, 40_000),
        rtcp: None,
        mux: false,
        codec: ClipCodec::Pcma,
        incoming: map,
        outgoing: map,
        we_send: true,
        we_receive: true,
        srtp: None,
        other_address: None,
        silent_after: None,
    };
    let drawn = Drawn { ssrc: 1, sequence: 1, timestamp: 1, seed: 1 };
    Opening { local, remote, drawn, beside: None }
}

#[test]
fn legs_closed_and_legs_shut_down_leave_no_socket() {
    let local = IpAddr::V4(Ipv4Addr::new(127, 77, 1, 1));
    let before = files();
    let config = Config { threads: 2, ports: 24_000..=24_999 };
    let (mut media, events) = Media::start(&config, || {}).unwrap();
    let started = files();
    for id in 0..200 {
        media.open(LegId(id), &opening(local)).unwrap();
    }
    for id in 0..100 {
        media.join(LegId(id), LegId(199 - id)).unwrap();
    }
    assert_eq!((media.legs(), files()), (200, started + 400));
    for id in 0..200 {
        media.close(LegId(id)).unwrap();
    }
    let mut closed = 0;
    while closed < 200 {
        let event = events.recv_timeout(Duration::from_secs(10)).expect("every leg closes");
        closed += usize::from(matches!(event, Event::Closed { .. }));
    }
    assert_eq!((media.legs(), files()), (0, started));

    for id in 0..200 {
        media.open(LegId(1_000 + id), &opening(local)).unwrap();
    }
    media.shutdown();
    assert_eq!(files(), before);
    assert!(events.recv().is_err(), "no thread is left to tell anything");
}
