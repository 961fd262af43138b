// SPDX-License-Identifier: EUPL-1.2
//! What callers hear, as an operator at a terminal meets it: the script, the import, going public.

use std::f64::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const HARBURG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/harburg.toml");

struct Ended {
    code: i32,
    out: String,
    err: String,
}

fn amtsleitung(args: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amtsleitung"));
    command.args(args).env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANG");
    let output = command.output().expect("the program starts");
    Ended {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// An empty folder of its own for one test.
struct Desk(PathBuf);

impl Desk {
    fn new(test: &str) -> Desk {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("prompts").join(test);
        let _absent = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the temporary folder can be written");
        Desk(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("UTF-8").to_owned()
    }

    fn put(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("the folder can be made");
        fs::write(&path, bytes).expect("the file can be written");
        self.path(name)
    }

    /// `prompts import` into the folder `data`, with the configuration of the example.
    fn import(&self, args: &[&str]) -> Ended {
        let data = self.path("data");
        amtsleitung(&[&["prompts", "import", "--data", &data, "--config", HARBURG], args].concat())
    }

    fn sounds(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.join("data/prompts")).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.map(|it| it.file_name().into_string().expect("UTF-8")).collect();
        names.sort();
        names
    }
}

/// How the samples of a file are written.
#[derive(Clone, Copy, Debug)]
enum Form {
    Int(u16),
    Float,
}

/// A WAV file by hand, so that the program's own writer does not vouch for its reader.
fn wav(hz: u32, channels: u16, form: Form, samples: &[f64]) -> Vec<u8> {
    let (tag, bits) = match form {
        Form::Int(bits) => (1_u16, bits),
        Form::Float => (3, 32),
    };
    let mut data = Vec::new();
    for sample in samples.iter().flat_map(|it| vec![*it; usize::from(channels)]) {
        let whole = (sample * 2_f64.powi(i32::from(bits) - 1)).round();
        match form {
            Form::Float => data.extend((sample as f32).to_le_bytes()),
            Form::Int(8) => data.push((whole + 128.0).clamp(0.0, 255.0) as u8),
            Form::Int(bits) => {
                let whole = whole.clamp(-(2_f64.powi(31)), 2_f64.powi(31) - 1.0) as i32;
                data.extend(&whole.to_le_bytes()[..usize::from(bits / 8)]);
            }
        }
    }
    let width = channels * bits / 8;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0");
    file.extend(tag.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(hz.to_le_bytes());
    file.extend((hz * u32::from(width)).to_le_bytes());
    file.extend(width.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

/// Something like a voice: a tone that swells and ebbs.
fn voice(hz: u32, seconds: f64, peak: f64) -> Vec<f64> {
    let count = (f64::from(hz) * seconds) as usize;
    let wave = |waves: f64, at: usize| (TAU * waves * at as f64 / f64::from(hz)).sin();
    (0..count).map(|at| peak * wave(300.0, at) * wave(2.0, at)).collect()
}

fn recording(peak: f64) -> Vec<u8> {
    wav(44_100, 1, Form::Int(16), &voice(44_100, 2.0, peak))
}

/// The first three numbers of a kept file: channels, samples a second, bits.
fn form_of(file: &[u8]) -> (u16, u32, u16) {
    let two = |at: usize| u16::from_le_bytes([file[at], file[at + 1]]);
    let four = u32::from_le_bytes([file[24], file[25], file[26], file[27]]);
    (two(22), four, two(34))
}

#[test]
fn the_script_of_the_example_is_fit_for_whoever_records() {
    let ended = amtsleitung(&["prompts", "list", "--config", HARBURG]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let folder = HARBURG.trim_end_matches("harburg.toml");
    let out = ended.out.replace(folder, "");
    assert!(out.starts_with(
        "Was Anrufende hören: Servicecenter Landkreis Harburg\n\n\
         115-greeting.wav                 synthetisch     4,5 s   −16,0 LUFS, Spitze −3,5 dBFS\n    \
         Begrüßung, Leitung 115\n    \
         „Willkommen bei der Behördennummer eins eins fünf für den Landkreis Harburg.“\n    \
         prompts/115-greeting.wav\n\n"
    ));
    // One recording for all lines that say the same.
    assert_eq!(out.matches("busy.wav ").count(), 1, "{out}");
    assert!(out.contains("Alle Plätze belegt, Leitungen 115, kreis-zentrale, buergerservice,"));
    assert!(out.contains("\nmusic.wav                        vorhanden      24,0 s"));
    assert!(out.contains(
        "\nunwetter-information.wav         synthetisch     9,5 s   −16,0 LUFS, Spitze −3,5 dBFS\n    \
         Auskunft auf Taste, Krisenplan unwetter\n    „Die Schulen"
    ));
    assert!(out.ends_with(
        "83 Töne: 1 vorhanden, 82 synthetisch (von einer Maschine gesprochen), 0 defekt, 0 fehlen.\n"
    ));
    let english = amtsleitung(&["prompts", "list", "--config", HARBURG, "--lang", "en"]).out;
    assert!(english.contains("synthetic       4.5 s   −16.0 LUFS, peak −3.5 dBFS"), "{english}");
    assert!(english.contains("All places taken, lines 115, kreis-zentrale,"), "{english}");
    for german in ["Leitung", "Spitze", "fehlt"] {
        let words = english.lines().filter(|line| !line.contains('“') && !line.contains('/'));
        assert!(words.into_iter().all(|line| !line.contains(german)), "{german}: {english}");
    }
}

#[test]
fn programs_read_the_script_as_json() {
    let ended = amtsleitung(&["prompts", "list", "--config", HARBURG, "--format", "json"]);
    let list: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
    let prompts = list["prompts"].as_array().expect("a list");
    assert_eq!(prompts.len(), 83);
    let pieces = prompts.iter().filter(|it| it["part"] == "sentence");
    assert_eq!(pieces.count(), 61);
    let named = |file: &str| prompts.iter().find(|it| it["file"] == file).expect("it is there");
    let silent = named("rathaus-buchholz-no-emergency.wav");
    assert_eq!(
        (silent["site"].as_str(), silent["lines"].as_array().map(Vec::len)),
        (Some("rathaus-buchholz"), Some(0))
    );
    let busy = named("busy.wav");
    assert_eq!((busy["state"].as_str(), busy["part"].as_str()), (Some("synthetic"), Some("busy")));
    assert_eq!(busy["lines"].as_array().map(Vec::len), Some(7));
    assert_eq!((&busy["lufs"], &busy["peak_dbfs"]), (&(-16.04).into(), &(-3.5).into()));
    let plan = named("unwetter-announcement.wav");
    assert_eq!((plan["plan"].as_str(), plan["played"].as_bool()), (Some("unwetter"), Some(true)));
    assert_eq!(plan["state"].as_str(), Some("synthetic"));
}

#[test]
fn the_operator_s_own_recording_is_not_synthetic_whatever_its_name() {
    let desk = Desk::new("own");
    let own = desk.put("busy.wav", &recording(0.3));
    let ended = desk.import(&[&own]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    let data = desk.path("data");
    let list = amtsleitung(&["prompts", "list", "--config", HARBURG, "--data", &data]).out;
    assert!(list.contains("\nbusy.wav                         vorhanden       2,0 s"), "{list}");
    assert!(list.contains("81 synthetisch"), "{list}");
}

#[test]
fn the_script_says_what_somebody_should_look_at() {
    let desk = Desk::new("look");
    desk.put("data/prompts/busy.wav", &recording(0.01));
    desk.put("data/prompts/busy.txt", "Alles voll.\n".as_bytes());
    desk.put("data/prompts/closed.wav", &recording(0.3)[..2_000]);
    let data = desk.path("data");
    let list = ["prompts", "list", "--config", HARBURG, "--data", &data];
    let out = amtsleitung(&list).out;
    let quiet = "dB leiser als die anderen; „amtsleitung prompts import“ gleicht das an\n";
    assert!(out.contains("    Achtung: die Konfiguration rechnet mit 7 s (length)\n"), "{out}");
    assert!(out.contains("    „Alles voll.“\n") && out.contains(quiet), "{out}");
    assert!(out.contains("    Achtung: in der Konfiguration steht „Im Moment sind alle"), "{out}");
    assert!(out.contains("\nclosed.wav                       defekt\n"), "{out}");
    assert!(out.contains("    Die Datei ist kürzer, als sie selbst angibt.\n"), "{out}");
    let json = amtsleitung(&[&list[..], &["--format", "json", "--lang", "en"]].concat()).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let broken =
        json["prompts"].as_array().into_iter().flatten().find(|it| it["state"] == "broken");
    let broken = broken.expect("one is broken");
    assert_eq!(broken["defect"], "The file is shorter than it says itself.");
    assert!(broken["seconds"].is_null() && broken["path"].is_string());
}

#[test]
fn a_machine_s_voice_stays_one_wherever_it_is_copied() {
    let desk = Desk::new("copied");
    let ours = Path::new(HARBURG).with_file_name("prompts").join("busy.wav");
    let copy = desk.put("mein.wav", &fs::read(ours).expect("it is there"));
    let ended = desk.import(&[&copy, "--as", "closed"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let told =
        "    Achtung: Das hat eine Maschine gesprochen; „check --production“ lässt es nicht zu.\n";
    assert!(ended.out.contains(told), "{}", ended.out);
    assert_eq!(desk.sounds(), ["closed.wav", "made.list"]);
    let data = desk.path("data");
    let list = amtsleitung(&["prompts", "list", "--config", HARBURG, "--data", &data]).out;
    assert!(list.contains("\nclosed.wav                       synthetisch"), "{list}");
}

#[test]
fn every_form_is_taken_and_comes_to_one() {
    let desk = Desk::new("forms");
    for hz in [8_000, 16_000, 44_100, 48_000] {
        for channels in [1, 2] {
            for form in [Form::Int(8), Form::Int(16), Form::Int(24), Form::Int(32), Form::Float] {
                let file = desk.put("a.wav", &wav(hz, channels, form, &voice(hz, 1.0, 0.3)));
                let ended = desk.import(&[&file, "--as", "115-greeting.wav", "--replace"]);
                let case = format!("{hz} Hz, {channels}, {form:?}: {}{}", ended.out, ended.err);
                assert_eq!(ended.code, 0, "{case}");
                assert!(ended.out.contains("ist: 1,0 s; Pegel −"), "{case}");
                assert!(ended.out.contains(", −16,0 LUFS, Spitze −"), "{case}");
                let kept = fs::read(desk.path("data/prompts/115-greeting.wav")).expect("it is in");
                assert_eq!(form_of(&kept), (1, 16_000, 16), "{case}");
            }
        }
    }
    assert_eq!(desk.sounds(), ["115-greeting.wav"], "nothing is left beside it");
}

#[test]
fn it_says_what_it_did() {
    let desk = Desk::new("said");
    let pause = |seconds: usize| vec![0.0; 44_100 * seconds];
    let said = voice(44_100, 2.0, 0.05);
    let samples = [pause(3), said.clone(), pause(4), said].concat();
    let file = desk.put("115-closed.wav", &wav(44_100, 2, Form::Int(24), &samples));
    let english = desk.import(&[&file, "--lang", "en"]);
    assert_eq!((english.code, english.err.as_str()), (0, ""));
    let out = english.out.replace(&file, "FILE");
    assert!(out.starts_with(
        "115-closed.wav brought in from FILE\n    was: 11.0 s, 44,100 Hz, stereo, 24 bit; level −"
    ));
    assert!(
        out.contains("; raised by ")
            && out.contains("    silence cut off: 2.8 s at the beginning\n")
    );
    assert!(
        out.contains("Note: After 2.2 s nothing is heard for 4.0 s. Is this intended?\n"),
        "{out}"
    );
    assert!(out.ends_with("1 brought in. The service plays them after its next start.\n"), "{out}");
    let german = desk.import(&[&file, "--replace"]).out;
    assert!(german.contains("115-closed.wav ersetzt durch "), "{german}");
    assert!(german.contains("war: 11,0 s, 44.100 Hz, stereo, 24 Bit; Pegel −"), "{german}");
}

#[test]
fn one_bad_file_does_not_stop_the_others() {
    let desk = Desk::new("bad");
    let good = recording(0.3);
    let loud: Vec<f64> = voice(8_000, 1.0, 5.0).iter().map(|it| it.clamp(-1.0, 0.9999)).collect();
    let bad = [
        ("closed.wav", b"ID3 is no WAV file at all".to_vec(), "keine gültige WAV-Datei"),
        ("115-busy.wav", vec![], "Die Datei enthält keinen Ton."),
        ("115-closed.wav", good[..5_000].to_vec(), "kürzer, als sie selbst angibt"),
        ("greeting.wav", wav(8_000, 1, Form::Int(16), &[0.0; 8_000]), "nur Stille"),
        ("salzhausen-busy.wav", wav(8_000, 1, Form::Int(16), &loud), "übersteuert"),
        ("jesteburg-busy.wav", wav(8_000, 1, Form::Int(16), &voice(8_000, 0.2, 0.3)), "nur 0,2 s"),
        ("jesteburg-closed.wav", recording(0.004), "so leise"),
        ("salzhausen-closed.wav", wav(12_345, 1, Form::Int(16), &[0.1; 12_345]), "12345 Hz"),
        ("115-greting.wav", good.clone(), "Gemeint „115-greeting“? Mit --as."),
        ("begruessung.wav", good.clone(), "Welche Namen es gibt: amtsleitung prompts list"),
    ];
    let mut files: Vec<String> = bad.iter().map(|(name, bytes, _)| desk.put(name, bytes)).collect();
    files.insert(3, desk.put("busy.wav", &good));
    files.push(desk.path("kreis-zentrale-busy.wav"));
    files.push(desk.put("again/busy.wav", &good));
    let args: Vec<&str> = files.iter().map(String::as_str).collect();
    let ended = desk.import(&args);
    assert_eq!(ended.code, 1);
    assert_eq!(desk.sounds(), ["busy.wav"]);
    assert!(ended.out.starts_with("busy.wav eingespielt aus "), "{}", ended.out);
    assert!(
        ended.out.ends_with(
            "\n1 eingespielt, 12 nicht. Der Dienst spielt sie nach dem nächsten Start.\n"
        )
    );
    let errors: Vec<&str> = ended.err.lines().collect();
    assert_eq!(errors.len(), 12, "{}", ended.err);
    for (name, _, why) in bad {
        let said = errors.iter().find(|line| line.contains(&format!("/{name}: Fehler: ")));
        assert!(said.is_some_and(|line| line.contains(why)), "{name}: {}", ended.err);
    }
    assert!(errors[10].ends_with("kreis-zentrale-busy.wav: Fehler: Es gibt keine solche Datei."));
    assert!(errors[11].contains("Eine andere Datei dieses Aufrufs heißt auch „busy“."));
}

#[test]
fn what_is_there_is_replaced_only_when_somebody_says_so() {
    let desk = Desk::new("replaced");
    let (first, second) =
        (desk.put("busy.wav", &recording(0.3)), desk.put("b.wav", &recording(0.2)));
    assert_eq!(desk.import(&[&first]).code, 0);
    let kept = fs::read(desk.path("data/prompts/busy.wav")).expect("it is in");
    let ended = desk.import(&[&second, "--as", "busy"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.ends_with("busy.wav; sie bleibt. Ersetzen: --replace\n"), "{}", ended.err);
    assert_eq!(ended.out, "0 eingespielt, 1 nicht.\n");
    assert_eq!(fs::read(desk.path("data/prompts/busy.wav")).expect("it stays"), kept);
    let broken = desk.put("broken.wav", b"RIFF");
    assert_eq!(desk.import(&[&broken, "--as", "busy", "--replace"]).code, 1);
    assert_eq!(fs::read(desk.path("data/prompts/busy.wav")).expect("it stays"), kept);
    assert_eq!(desk.import(&[&second, "--as", "busy", "--replace"]).code, 0);
    assert_eq!(desk.sounds(), ["busy.wav"]);
}

#[test]
fn wrong_usage_is_said() {
    let desk = Desk::new("usage");
    let file = desk.put("busy.wav", &recording(0.3));
    let data = desk.path("data");
    let cases: [(&[&str], &str); 8] = [
        (&["prompts"], "Es fehlt, was zu tun ist: „list, import“."),
        (&["prompts", "lst"], "Das gibt es nicht (möglich: list, import): „lst“. Gemeint „list“?"),
        (&["prompts", "list"], "Es fehlt eine von beiden: „--config, --data“."),
        (
            &["prompts", "list", "--config", HARBURG, "--replace"],
            "Diese Option passt hier nicht: „--replace“.",
        ),
        (&["prompts", "list", "--config", HARBURG, "x"], "Das ist ein Argument zu viel: „x“."),
        (&["prompts", "import", "--data", &data], "Es fehlt die Aufnahme:"),
        (&["prompts", "import", &file], "Diese Option fehlt: „--data“."),
        (
            &["prompts", "import", &file, &file, "--as", "busy", "--data", &data],
            "--as gilt nur für eine einzelne Aufnahme:",
        ),
    ];
    for (args, why) in cases {
        let ended = amtsleitung(args);
        assert_eq!(ended.code, 2, "{args:?}");
        assert!(ended.err.starts_with(&format!("Fehler: {why}")), "{args:?}: {}", ended.err);
    }
    let ended = amtsleitung(&["prompts", "import", &file, "--data", &data]);
    assert_eq!(ended.code, 1);
    let why =
        "In diesem Ordner gibt es keine Aufzeichnung. Die Konfiguration nennt --config DATEI.\n";
    assert!(ended.err.ends_with(why), "{}", ended.err);
    let ended = amtsleitung(&["check", HARBURG, "--data", &data]);
    assert_eq!(ended.code, 2, "{}", ended.err);
}

/// The example as a county would have it: its own numbers, addresses and names.
fn real(desk: &Desk) -> String {
    let text = fs::read_to_string(HARBURG).expect("it is there");
    let text = text.replace("harburg.example", "harburg.de").replace("+494066969", "+494171693");
    let text = text.replace("127.0.0.1", "10.1.0.5").replace("192.0.2.", "10.2.0.");
    desk.put("county/county.toml", text.as_bytes())
}

#[test]
fn the_example_does_not_go_public() {
    let german = amtsleitung(&["check", "--production", HARBURG]);
    assert_eq!((german.code, german.err.as_str()), (1, ""));
    let folder = HARBURG.trim_end_matches("harburg.toml");
    let out = german.out.replace(folder, "");
    let greeting = "harburg.toml:537:12: Fehler: Die Ansage „115-greeting“ ist von einer Maschine gesprochen (prompts/115-greeting.wav).\n    \
                    Selbst aufnehmen und einspielen: amtsleitung prompts import DATEI --as 115-greeting --data ORDNER\n";
    assert!(out.contains(greeting), "{out}");
    for why in [
        "Fehler: Der Name „servicecenter.landkreis-harburg.example“ ist für Beispiele",
        "Fehler: Die Adresse 192.0.2.21 ist für Beispiele freigehalten",
        "Fehler: Die Rufnummer +494066969200..+494066969219 ist für Filme",
        "Warnung: Unter diesen Adressen erreicht das Servicecenter nur dieser Rechner",
    ] {
        assert!(out.contains(why), "{why}: {out}");
    }
    assert!(out.ends_with("42 Fehler, 1 Warnung.\n"), "{out}");
    assert!(!out.contains("ist in Ordnung"), "{out}");
    let loopback = Path::new(HARBURG).with_file_name("loopback.toml");
    let bench = amtsleitung(&["check", "--production", loopback.to_str().expect("UTF-8")]);
    assert_eq!(bench.code, 1);
    assert!(bench.out.contains("Den Abschnitt [bench] entfernen.\n"), "{}", bench.out);
    let without = amtsleitung(&["check", HARBURG]);
    assert_eq!(without.code, 0, "the ordinary check stays what it was: {}", without.out);
}

#[test]
fn a_county_with_its_own_recordings_goes_public() {
    let desk = Desk::new("public");
    let county = real(&desk);
    let data = desk.path("data");
    let check = |args: &[&str]| {
        amtsleitung(&[&["check", "--production", &county, "--data", &data], args].concat())
    };
    let nothing = check(&["--lang", "en"]);
    assert_eq!(nothing.code, 1);
    // Three words that all say alike are missing once for each line; the rest once.
    let missing = "error: The sound “busy” is missing, callers hear a tone.\n    \
                   Record it and bring it in: amtsleitung prompts import FILE --as busy --data FOLDER\n";
    assert_eq!(nothing.out.matches(missing).count(), 7, "{}", nothing.out);
    assert!(nothing.out.contains("The sound “music” is missing"), "{}", nothing.out);
    assert!(nothing.out.ends_with("31 errors, 0 warnings.\n"), "{}", nothing.out);

    let pieces = "error: Of the pieces of place, wait and opening 61 are missing, broken or spoken by a machine; \
                  the first is “say-next”.";
    assert!(nothing.out.contains(pieces), "{}", nothing.out);

    let names = [
        "greeting",
        "closed",
        "busy",
        "callback",
        "callback-offer",
        "town-hall-closed",
        "music",
        "rathaus-buchholz-no-emergency",
        "unwetter-announcement",
        "unwetter-information",
    ];
    let names = names.into_iter().chain(call::PHRASES.iter().map(|(_, name, _)| *name));
    let files = names.map(|name| desk.put(&format!("{name}.wav"), &recording(0.3)));
    let files: Vec<String> = files.collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let ended = desk.import(&files);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let ready = check(&[]);
    assert_eq!(ready.code, 0, "{}", ready.out);
    assert!(ready.out.ends_with("\n  bereit für den öffentlichen Betrieb: 91 Töne geprüft\n"));

    fs::rename(desk.path("data/prompts"), desk.path("county/prompts")).expect("it can be moved");
    let beside = check(&[]);
    assert_eq!(beside.code, 0, "{}", beside.out);
    let warned = "Warnung: 71 Töne liegen nur neben der Konfiguration, der erste ist „greeting“; „serve --data“ ohne --config findet sie nicht.\n";
    assert!(beside.out.contains(warned), "{}", beside.out);
    fs::rename(desk.path("county/prompts"), desk.path("data/prompts")).expect("and back");

    desk.put("data/prompts/115-busy.wav", b"RIFF");
    let broken = check(&[]);
    assert_eq!(broken.code, 1);
    assert!(
        broken.out.contains("Der Ton „115-busy“ ist defekt, Anrufende hören einen Signalton (")
            && broken
                .out
                .contains("Die Datei ist kürzer, als sie selbst angibt.\n    Die Datei ersetzen: "),
        "{}",
        broken.out
    );
    assert!(broken.out.ends_with("1 Fehler, 0 Warnungen.\n"), "{}", broken.out);
}

#[test]
fn a_line_that_has_ended_needs_no_recording() {
    let desk = Desk::new("ended");
    let county = real(&desk);
    let text = fs::read_to_string(&county).expect("it is there");
    let ended = text.replacen(
        "from = \"2014-05-01\"\n",
        "from = \"2014-05-01\"\nuntil = \"2020-12-31\"\n",
        1,
    );
    fs::write(&county, ended).expect("it can be written");
    let checked = amtsleitung(&["check", "--production", &county]);
    assert_eq!(checked.code, 1);
    assert!(checked.out.contains("„salzhausen-greeting“"), "{}", checked.out);
    assert!(!checked.out.contains("„jesteburg-"), "{}", checked.out);
}

#[test]
fn the_script_is_read_from_a_data_folder_too() {
    let desk = Desk::new("folder");
    let log = desk.path("log");
    let days = ["--from", "2014-06-02", "--to", "2014-06-02", "--log", &log];
    let made = amtsleitung(&[&["simulate", "--config", HARBURG][..], &days].concat());
    assert_eq!(made.code, 0, "{}", made.err);
    let own = desk.put("busy.wav", &recording(0.3));
    assert_eq!(amtsleitung(&["prompts", "import", &own, "--data", &log]).code, 0);
    let list = amtsleitung(&["prompts", "list", "--data", &log]);
    assert_eq!(list.code, 0, "{}", list.err);
    assert!(list.out.contains("\nbusy.wav                         vorhanden"), "{}", list.out);
    assert!(list.out.contains("\n115-greeting.wav                 fehlt\n"), "{}", list.out);
}
