// SPDX-License-Identifier: EUPL-1.2
//! People whom somebody else vouches for (OpenID Connect), beside a provider that we did not write.

use e2e::browser::Browser;
use e2e::certificates::Authority;
use e2e::clock::{SOON, wait_for};
use e2e::county::County;
use e2e::folder::Folder;
use e2e::pages::{Answer, Visitor, account};
use e2e::provider::{Provider, SECRET};
use e2e::runner::Case;
use e2e::server::Server;
use serde_json::json;
use std::path::Path;
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    ("groups_elsewhere_are_roles_here", groups_elsewhere_are_roles_here),
    ("what_comes_back_is_of_this_browser", what_comes_back_is_of_this_browser),
    ("forged_proofs_sign_nobody_in", forged_proofs_sign_nobody_in),
    ("keys_change_while_people_sign_in", keys_change_while_people_sign_in),
    ("accounts_work_while_nobody_vouches", accounts_work_while_nobody_vouches),
    ("only_administrators_keep_passwords", only_administrators_keep_passwords),
];

/// In a browser, and by TLS under an authority of the county.
pub(crate) const BUSY: &[Case] =
    &[("a_browser_signs_in_elsewhere_and_out", a_browser_signs_in_elsewhere_and_out)];

/// Codes that are refused from one address before it has to wait.
const ATTEMPTS: usize = 10;

/// Nobody asks a provider again at once after it failed.
const ASKED_AGAIN_WITHIN: Duration = Duration::from_secs(20);

/// A county with pages whose people are vouched for at this port.
fn county(folder: &Folder, scheme: &str, more: &str) -> (County, u16) {
    let mut county = County::new().agent("k1").browser("k1-web", "k1");
    county.bench = 0;
    let port = county.ports.one();
    let secret = folder.write("secret", SECRET);
    county.web_more = format!(
        "[web.openid]\nname = \"dem Landkreis\"\nissuer = \"{scheme}://127.0.0.1:{port}\"\n\
         client_id = \"amtsleitung\"\nclient_secret = \"{}\"\nagent_claim = \"desk\"\n{more}\n\
         [[web.openid.groups]]\ngroup = \"/telefon/beratung\"\nroles = [\"agent\"]\n\
         [[web.openid.groups]]\ngroup = \"/telefon/leitung\"\nroles = [\"supervisor\", \"reporter\"]\n\
         clients = [\"kreis\"]\n",
        secret.display()
    );
    (county, port)
}

struct Scene {
    server: Server,
    provider: Provider,
    visitor: Visitor,
    _folder: Folder,
}

impl Scene {
    fn new() -> Scene {
        let folder = Folder::new();
        let (county, port) = county(&folder, "http", "");
        let home = format!("http://127.0.0.1:{}", county.web());
        let provider = Provider::start(port, &home, None);
        let server = Server::start(county);
        let visitor = Visitor::of(&server);
        Scene { server, provider, visitor, _folder: folder }
    }

    /// Leaves for the provider, signs in there, and comes back with what it says: the browser, and the path.
    fn vouched(&self, login: &str) -> (Visitor, String) {
        let (browser, address) = leave(&self.visitor);
        (browser, self.path(&self.provider.vouches(&address, login)))
    }

    /// The path of an address of ours.
    fn path(&self, address: &str) -> String {
        let path = address.strip_prefix(&self.visitor.origin);
        path.unwrap_or_else(|| panic!("{address} is none of ours")).to_owned()
    }

    /// What becomes of a code that nobody issued.
    fn guesses(&self) -> String {
        let (browser, address) = leave(&self.visitor);
        let state = address.split('&').find(|it| it.starts_with("state=")).expect("a state");
        let issuer = escaped(&self.provider.issuer);
        let path = format!("/api/openid/return?code=guessed&{state}&iss={issuer}");
        ended(&browser, &browser.ask("GET", &path, "")).expect_err("it is no code")
    }

    /// What becomes of it: the word, or whoever is signed in.
    fn signs_in(&self, login: &str) -> Result<Visitor, String> {
        let (browser, path) = self.vouched(login);
        ended(&browser, &browser.ask("GET", &path, ""))
    }
}

/// An address within an address.
fn escaped(address: &str) -> String {
    address.replace(':', "%3A").replace('/', "%2F")
}

/// Leaves for the provider: the browser with its cookie, and where it was sent.
fn leave(visitor: &Visitor) -> (Visitor, String) {
    let answer = visitor.ask("GET", "/api/openid/start", "");
    let address = answer.leads_to().unwrap_or_else(|| panic!("{answer:?}"));
    (Visitor { cookie: answer.cookie(), ..visitor.clone() }, address)
}

fn ended(browser: &Visitor, answer: &Answer) -> Result<Visitor, String> {
    let place = answer.leads_to().unwrap_or_else(|| panic!("{answer:?}"));
    // The attempt is over, unless what came back was of another one.
    let cookies = answer.all("set-cookie");
    let is_taken = |it: &String| it.starts_with("amtsleitung-openid=;") && it.contains("Max-Age=0");
    let is_over = place != "/?sign_in=stale";
    assert_eq!(cookies.iter().any(is_taken), is_over, "{place} {cookies:?}");
    let session = cookies.iter().find(|it| it.starts_with("amtsleitung="));
    match place.strip_prefix("/?sign_in=") {
        Some(word) => {
            assert!(session.is_none(), "{word} and a session");
            Err(word.to_owned())
        }
        None => {
            assert_eq!(place, "/");
            let session = session.expect("a session");
            assert!(session.contains("HttpOnly; SameSite=Strict"), "{session}");
            let pair = session.split(';').next().expect("a pair").to_owned();
            Ok(Visitor { cookie: Some(pair), ..browser.clone() })
        }
    }
}

fn groups_elsewhere_are_roles_here() {
    let scene = Scene::new();
    let offer = scene.visitor.ask("GET", "/api/sign-in", "").json();
    let way = json!({"name": "dem Landkreis", "start": "/api/openid/start", "only_administrators": false});
    assert_eq!(offer["oidc"], way);

    let anna = scene.signs_in("anna").expect("she has a role");
    let session = anna.ask("GET", "/api/session", "").json();
    assert_eq!(session["shown_name"], "Anna Meyer");
    assert_eq!((&session["roles"], &session["agent"]), (&json!(["agent"]), &json!("k1")));
    assert_eq!((&session["clients"], &session["oidc"]), (&json!(null), &json!(true)));
    let mut desk = anna.socket("/api/desk").expect("a desk");
    assert!(desk.hear(|it| it["type"] == "desk").is_some());
    let leitung = scene.signs_in("leitung").expect("a role");
    let session = leitung.ask("GET", "/api/session", "").json();
    assert_eq!(session["roles"], json!(["supervisor", "reporter"]));
    assert_eq!((&session["clients"], &session["agent"]), (&json!(["kreis"]), &json!(null)));
    assert_eq!(leitung.socket("/api/desk").err(), Some(403));
    assert_eq!(scene.signs_in("fremd").err().as_deref(), Some("no-role"));
    assert_eq!(scene.signs_in("nobody").err().as_deref(), Some("denied"));
    // A change of the accounts of the centre ends no session of whom somebody else vouches for.
    let local = Visitor::with_account(&scene.server, "otto", &["--agent", "k1"]);
    assert_eq!(local.ask("GET", "/api/session", "").json()["oidc"], false);
    assert_eq!(anna.ask("GET", "/api/session", "").status, 200);

    // Signing out ends the session here, and says where it is ended there.
    let away = anna.ask("DELETE", "/api/session", "");
    let leads_to = away.json()["leads_to"].as_str().expect("an address").to_owned();
    assert!(leads_to.starts_with(&format!("{}/session/end?", scene.provider.issuer)), "{leads_to}");
    let home = escaped(&scene.visitor.origin);
    assert!(leads_to.contains(&format!("post_logout_redirect_uri={home}%2F&id_token_hint=ey")));
    assert_eq!(anna.ask("GET", "/api/session", "").status, 401);
    assert!(desk.hear(|it| it["type"] == "bye").is_some(), "its desk is closed");
    assert_eq!(local.ask("DELETE", "/api/session", "").json(), json!({"leads_to": null}));

    // The operator learns what happened, and nothing of whom.
    let lines = [
        "openid=fine",
        "sign_in=openid roles=agent clients=all",
        "sign_in=openid roles=supervisor,reporter clients=kreis",
        "sign_in=openid refused=no-role",
    ];
    let said = wait_for("the lines for the operator", SOON, || {
        let said = scene.server.process.stderr();
        lines.iter().all(|it| said.contains(it)).then_some(said)
    });
    for personal in ["anna", "Anna", "Meyer", "person-", "fremd", "bauhof", "ey"] {
        let is_there = said.lines().any(|it| it.contains("openid") && it.contains(personal));
        assert!(!is_there, "{personal} in {said}");
    }
}

fn what_comes_back_is_of_this_browser() {
    let scene = Scene::new();
    let visitor = &scene.visitor;
    // Nothing that comes with a request chooses where a browser is sent.
    let exact = escaped(&format!("{}/api/openid/return", visitor.origin));
    for more in ["?return_to=//evil.example", "?redirect_uri=https://evil.example", "?next=/\\evil"]
    {
        let answer = visitor.ask("GET", &format!("/api/openid/start{more}"), "");
        let address = answer.leads_to().expect("it leads away");
        assert!(address.starts_with(&format!("{}/auth?", scene.provider.issuer)), "{address}");
        assert!(address.contains(&format!("&redirect_uri={exact}&")) && !address.contains("evil"));
        let cookie = answer.all("set-cookie").join("");
        assert!(cookie.contains("; HttpOnly; SameSite=Lax; Max-Age=600"), "{cookie}");
    }
    let (_, one) = leave(visitor);
    let (_, two) = leave(visitor);
    for name in ["state=", "nonce=", "code_challenge="] {
        let value =
            |of: &str| of.split(['?', '&']).find(|it| it.starts_with(name)).map(str::to_owned);
        assert!(value(&one).is_some_and(|it| it.len() > name.len() + 40), "{one}");
        assert_ne!(value(&one), value(&two), "{name}");
    }

    // Another browser, no browser, another state, none, two of them, nothing at all.
    let (browser, path) = scene.vouched("anna");
    let (other, _) = leave(visitor);
    let without = visitor.clone();
    let changed = path.replace("state=", "state=A");
    let doubled = format!("{path}&state=1");
    let stripped = path.replace("state=", "no=");
    for (who, path) in [
        (&other, path.as_str()),
        (&without, path.as_str()),
        (&browser, changed.as_str()),
        (&browser, doubled.as_str()),
        (&browser, stripped.as_str()),
        (&browser, "/api/openid/return"),
        (&browser, "/api/openid/return?%ff=%"),
    ] {
        let answer = who.ask("GET", path, "");
        assert_eq!(ended(who, &answer).err().as_deref(), Some("stale"), "{path}");
    }
    // An answer in another's name (RFC 9207).
    let named = path.split('&').map(|it| match it.starts_with("iss=") {
        true => "iss=https%3A%2F%2Fevil.example",
        false => it,
    });
    let named: Vec<&str> = named.collect();
    let answer = browser.ask("GET", &named.join("&"), "");
    assert_eq!(ended(&browser, &answer).err().as_deref(), Some("strange"));
    // What was asked for is still good, and good once; and it leads home, whatever else is written there.
    let good = format!("{path}&return_to=//evil.example");
    let anna = ended(&browser, &browser.ask("GET", &good, "")).expect("it is hers");
    assert_eq!(anna.ask("GET", "/api/session", "").status, 200);
    let answer = browser.ask("GET", &path, "");
    assert_eq!(ended(&browser, &answer).err().as_deref(), Some("refused"), "the code is used up");

    // Whatever other sites send browsers here with: nobody has to wait for that.
    for _ in 0..ATTEMPTS {
        let answer = without.ask("GET", "/api/openid/return?state=x&code=y", "");
        assert_eq!(ended(&without, &answer).err().as_deref(), Some("stale"));
    }
    // Whoever guesses codes waits; who has an account of the centre does not. One was used twice above.
    for _ in 1..ATTEMPTS {
        assert_eq!(scene.guesses(), "refused");
    }
    assert_eq!(scene.guesses(), "too-often");
    let local = Visitor::with_account(&scene.server, "otto", &["--agent", "k1"]);
    assert_eq!(local.ask("GET", "/api/session", "").status, 200);
}

fn forged_proofs_sign_nobody_in() {
    let scene = Scene::new();
    for (how, word) in [
        ("nonce", "refused"),
        ("audience", "refused"),
        ("issuer", "refused"),
        ("signature", "refused"),
        ("unknown", "refused"),
        ("none", "refused"),
        ("expired", "clock"),
        ("early", "clock"),
    ] {
        scene.provider.forges(Some(how));
        assert_eq!(scene.signs_in("anna").err().as_deref(), Some(word), "{how}");
    }
    scene.provider.forges(None);
    assert!(scene.signs_in("anna").is_ok(), "nothing was wrong but the proofs");
    let lines =
        ["(nonce)", "(aud, azp)", "another issuer", "wrong signature", "unknown key", "clocks"];
    wait_for("each reason for the operator", SOON, || {
        let said = scene.server.process.stderr();
        lines.iter().all(|it| said.contains(it)).then_some(())
    });
}

fn keys_change_while_people_sign_in() {
    let scene = Scene::new();
    assert!(scene.signs_in("anna").is_ok());
    scene.provider.publishes(2);
    assert!(scene.signs_in("anna").is_ok(), "the new key is looked for");
    assert!(scene.signs_in("leitung").is_ok(), "and known from then on");
}

fn accounts_work_while_nobody_vouches() {
    let folder = Folder::new();
    let (county, port) = county(&folder, "http", "");
    let home = format!("http://127.0.0.1:{}", county.web());
    let server = Server::start(county);
    let visitor = Visitor::of(&server);
    let answer = visitor.ask("GET", "/api/openid/start", "");
    assert_eq!(answer.leads_to().as_deref(), Some("/?sign_in=away"));
    wait_for("a line for the operator", SOON, || {
        server.process.stderr().contains("openid=away").then_some(())
    });
    let local = Visitor::with_account(&server, "otto", &["--agent", "k1"]);
    assert_eq!(local.ask("GET", "/api/session", "").status, 200);

    // When it is there it is found, without a start.
    let provider = Provider::start(port, &home, None);
    let (browser, address) = wait_for("the provider is found", ASKED_AGAIN_WITHIN, || {
        let answer = visitor.ask("GET", "/api/openid/start", "");
        let address = answer.leads_to().filter(|it| it.starts_with(&provider.issuer))?;
        Some((Visitor { cookie: answer.cookie(), ..visitor.clone() }, address))
    });
    let back = provider.vouches(&address, "anna");
    // And when it goes in the middle of it, that is said.
    drop(provider);
    let path = back.strip_prefix(&home).expect("one of ours");
    let answer = browser.ask("GET", path, "");
    assert_eq!(answer.leads_to().as_deref(), Some("/?sign_in=away"));
    assert_eq!(local.ask("GET", "/api/session", "").status, 200);
}

fn only_administrators_keep_passwords() {
    let folder = Folder::new();
    let (county, _) = county(&folder, "http", "accounts = \"administrators\"");
    let server = Server::start(county);
    let visitor = Visitor::of(&server);
    let offer = visitor.ask("GET", "/api/sign-in", "").json();
    assert_eq!(offer["oidc"]["only_administrators"], true);
    let password = account(&server, "anna", &["--agent", "k1"]);
    let answer = visitor.sign_in("anna", &password);
    assert_eq!((answer.status, answer.cookie()), (403, None));
    assert!(answer.json()["detail"].as_str().is_some_and(|it| it.contains("dem Landkreis")));
    let wrong = visitor.sign_in("anna", "x");
    assert_eq!(wrong.status, 401, "who guesses learns nothing more");
    let chief = Visitor::with_account(&server, "chef", &["--roles", "administrator"]);
    assert_eq!(chief.ask("GET", "/api/session", "").status, 200);
}

fn a_browser_signs_in_elsewhere_and_out() {
    let folder = Folder::new();
    let authority = Authority::new("Landkreis");
    let trusted = authority.write(&folder, "authority.pem");
    authority.sign("127.0.0.1", 2049).write(&folder, "provider");
    let [certificate, key] = [folder.join("provider.pem"), folder.join("provider.key")];
    let more = format!("authority = \"{}\"", trusted.display());
    let (county, port) = county(&folder, "https", &more);
    let home = format!("http://127.0.0.1:{}", county.web());
    let identity: [&Path; 2] = [&certificate, &key];
    let _provider = Provider::start(port, &home, Some(identity));
    let server = Server::start(county);
    let browser = Browser::start(620);
    browser.tell(json!({"do": "open", "url": home}));
    browser.tell(json!({"do": "follow", "link": "Mit dem Landkreis anmelden"}));
    browser.see("Anmeldung des Landkreises");
    browser.tell(json!({"do": "type", "field": "Kennung", "text": "anna"}));
    browser.click("Weiter");
    browser.see("Dienst beginnen");
    assert_eq!(browser.fetch("/api/session")["roles"], json!(["agent"]));
    browser.click("^Dienst beginnen");
    server.wait_until("the browser is registered", SOON, |it| it.of("telephones_registered") >= 1);
    // A page that is loaded anew is still signed in.
    browser.tell(json!({"do": "reload"}));
    browser.see("Bereit");
    let complaints = browser.tell(json!({"do": "complaints"})).to_string();
    assert!(!complaints.contains("Content Security Policy"), "{complaints}");
    browser.click("Anna Meyer");
    browser.click("^Von dieser Seite abmelden");
    browser.see("Auch hier abmelden");
    browser.click("Ja, abmelden");
    browser.see("Mit dem Landkreis anmelden");
    assert_eq!(browser.fetch("/api/session")["status"], 401);

    // Whoever has no right reads that in plain words.
    browser.tell(json!({"do": "follow", "link": "Mit dem Landkreis anmelden"}));
    browser.tell(json!({"do": "type", "field": "Kennung", "text": "fremd"}));
    browser.click("Weiter");
    browser.see("keine Ihrer Gruppen gehört zum Servicecenter");
}
