//! Many audits of many peers, every fifth of them hostile: what becomes of the process, of its files,
//! and of the verdicts of everybody else. `tests/hostile/soak.sh` runs it; its times are printed, and
//! none is judged.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::peers::{GOOD, Must, PAGE, Peer};
use crate::program::Folder;
use crate::server::answer;
use crate::{answers, behaviours, fields, locations, statuses};

/// Targets of one run.
const TARGETS: usize = 1000;

/// A run that is cut off, to see by how much it is late.
const DEADLINE: Duration = Duration::from_secs(5);

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }
}

/// One run of the program.
struct Ran {
    took: Duration,
    /// The most memory that it held, in KiB, and the most descriptors.
    memory: u64,
    descriptors: usize,
    /// The grade of each target, and the rules that fail, by its name.
    verdicts: BTreeMap<String, (Value, Vec<String>)>,
}

/// Audits these ports, and holds what it wrote to be whole.
fn run(ports: &[(String, u16)], more: &[&str]) -> Ran {
    let folder = Folder::new();
    let target = |(name, port): &(String, u16)| {
        format!("[[target]]\nname = \"{name}\"\nurl = \"http://127.0.0.1:{port}/\"\n")
    };
    folder.write(
        "targets.toml",
        &ports.iter().map(target).collect::<String>(),
    );
    let arguments = [
        "--only",
        "headers,contract",
        "--timeout",
        "2s",
        "--jobs",
        "64",
        "--quiet",
        "-o",
        "report.md",
        "--format",
        "json=report.json",
        "--evidence",
        "evidence.jsonl",
    ];
    let arguments = [&arguments[..], more].concat();
    #[expect(
        clippy::disallowed_methods,
        reason = "how long it takes is what is shown"
    )]
    let start = Instant::now();
    let mut child = folder
        .command(&arguments)
        .stdout(Stdio::null())
        .stderr(fs::File::create(folder.path("stderr")).unwrap())
        .spawn()
        .unwrap();
    let (mut memory, mut descriptors) = (0, 0);
    let place = format!("/proc/{}", child.id());
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        let open = fs::read_dir(format!("{place}/fd")).map_or(0, Iterator::count);
        descriptors = descriptors.max(open);
        memory = memory.max(peak(&place));
        std::thread::sleep(Duration::from_millis(20));
    };
    let took = start.elapsed();
    let stderr = folder.read("stderr");
    assert!(
        matches!(status.code(), Some(0 | 1 | 3)),
        "{status} {stderr}"
    );
    assert!(!stderr.contains("panicked"), "{stderr}");
    let report: Value = serde_json::from_str(&folder.read("report.json")).unwrap();
    let evidence = folder.read("evidence.jsonl");
    assert_eq!(evidence.lines().count(), ports.len());
    for line in evidence.lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
    assert!(folder.read("report.md").starts_with("# "));
    Ran {
        took,
        memory,
        descriptors,
        verdicts: verdicts(&report),
    }
}

/// `VmHWM` of a process (proc_pid_status(5)); 0 where it has just ended.
fn peak(place: &str) -> u64 {
    let status = fs::read_to_string(format!("{place}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn verdicts(report: &Value) -> BTreeMap<String, (Value, Vec<String>)> {
    let targets = report["targets"].as_array().unwrap().iter();
    targets
        .map(|target| {
            let findings = target["findings"].as_array().unwrap().iter();
            let failed = findings.filter(|finding| finding["outcome"] == "fail");
            let failed = failed.map(|finding| finding["rule"].to_string());
            let name = target["name"].as_str().unwrap().to_owned();
            (name, (target["grade"].clone(), failed.collect()))
        })
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "soak.sh takes them as arguments")]
fn number(variable: &str, otherwise: usize) -> usize {
    let given = std::env::var(variable).ok();
    given.map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
#[ignore = "takes minutes: tests/hostile/soak.sh runs it"]
fn everybody_else_is_judged_as_without_them() {
    let (audits, seed) = (number("SOAK_AUDITS", 10_000), number("SOAK_SEED", 1));
    println!("seed {seed}, {audits} audits, {TARGETS} targets a run, every fifth hostile");
    let hostile: Vec<u16> = [
        answers::all(),
        behaviours::all(),
        fields::all(),
        locations::all(),
        statuses::all(),
    ]
    .iter()
    .flatten()
    .map(Peer::port)
    .collect();
    let decent = Peer::answering("in order", answer("200 OK", GOOD, PAGE), Must::Read).port();
    let name = |nth: usize| format!("target-{nth:04}");
    let good: Vec<(String, u16)> = (0..TARGETS).map(|nth| (name(nth), decent)).collect();
    let alone = run(&good, &[]);
    println!(
        "alone: {:.1?}, {} KiB, {} descriptors",
        alone.took, alone.memory, alone.descriptors
    );

    let mut numbers = Numbers(seed as u64);
    let mut mixed = || -> Vec<(String, u16)> {
        let port = |nth: usize| match nth % 5 {
            0 => hostile[numbers.below(hostile.len())],
            _ => decent,
        };
        (0..TARGETS).map(name).zip((0..TARGETS).map(port)).collect()
    };
    for round in 1..=audits.div_ceil(TARGETS) {
        let ports = mixed();
        let ran = run(&ports, &[]);
        let ratio = ran.took.as_secs_f64() / alone.took.as_secs_f64();
        println!(
            "round {round}: {:.1?}, {ratio:.1} times alone, {} KiB, {} descriptors",
            ran.took, ran.memory, ran.descriptors
        );
        for (name, port) in &ports {
            if *port == decent {
                assert_eq!(
                    ran.verdicts[name], alone.verdicts[name],
                    "{name} beside hostile peers"
                );
            }
        }
    }

    let deadline = format!("{}s", DEADLINE.as_secs());
    let late = (0..3).map(|_| {
        let ports = mixed();
        run(&ports, &["--deadline", &deadline])
            .took
            .saturating_sub(DEADLINE)
    });
    println!(
        "late by at most {:.1?} of a deadline of {deadline}",
        late.max().unwrap()
    );
}
