//! One row per target: the letters, and where the first byte's time went.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use unicode_width::UnicodeWidthStr as _;

use super::{Style, letter_color};
use crate::grade::{Letter, Mark};
use crate::model::{Family, Untrusted};
use crate::report::{Report, TargetReport};

/// Below this the phases are left out and families are abbreviated.
const WIDE: usize = 110;

/// A name longer than this is cut.
const NAME: usize = 24;

/// No name is cut to less.
const SHORT: usize = 8;

/// On a narrow terminal the gaps give way to the letters, and then the names.
pub(super) fn render(report: &Report, style: Style) -> String {
    // The escapes of a colour take no columns.
    let plain = Style {
        color: false,
        ..style
    };
    let beyond = |gap: u16| {
        let lines = lines(report, plain, NAME, gap);
        let widest = lines.iter().map(|line| line.width()).max();
        widest.unwrap_or(0).saturating_sub(style.width)
    };
    let gap = if beyond(2) == 0 { 2 } else { 1 };
    let names = report.targets.iter().map(|target| target.name.width());
    let longest = names.max().unwrap_or(0).min(NAME);
    let room = longest.saturating_sub(beyond(gap)).max(SHORT);
    let lines = lines(report, style, room, gap);
    format!("{}\n{}", lines.join("\n"), legend(report))
}

fn lines(report: &Report, style: Style, name: usize, gap: u16) -> Vec<String> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    if style.color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table.set_header(header(style));
    for target in &report.targets {
        table.add_row(row(target, style, name));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, gap));
    }
    let lines = table.lines();
    lines.map(|line| line.trim_end().to_owned()).collect()
}

fn legend(report: &Report) -> String {
    let mut out = String::from("- not configured   ? not measured   ");
    if report.summary.partial {
        out.push_str("skip left out   ");
    }
    if in_doubt(report) {
        out.push_str("~ could be worse   ");
    }
    out.push_str("GRADE = weakest\n");
    out
}

fn in_doubt(report: &Report) -> bool {
    let families =
        |target: &TargetReport| Family::ALL.map(|family| target.families.of(family).in_doubt);
    report
        .targets
        .iter()
        .any(|target| families(target).contains(&true))
}

fn header(style: Style) -> Vec<Cell> {
    let mut cells = vec![Cell::new("TARGET"), Cell::new("GRADE")];
    cells.extend(Family::ALL.map(|family| Cell::new(abbreviation(family, style))));
    cells.push(Cell::new(if style.width >= WIDE {
        "COLD: dns + tcp + tls + server = first byte"
    } else {
        "COLD (server)"
    }));
    cells
}

const fn abbreviation(family: Family, style: Style) -> &'static str {
    match family {
        Family::Tls => "TLS",
        Family::Headers if style.width < WIDE => "HEAD",
        Family::Headers => "HEADERS",
        Family::Cors => "CORS",
        Family::Auth => "AUTH",
        Family::Websocket => "WS",
        Family::Latency if style.width < WIDE => "LAT",
        Family::Latency => "LATENCY",
        Family::Contract if style.width < WIDE => "CTR",
        Family::Contract => "CONTRACT",
    }
}

fn row(target: &TargetReport, style: Style, room: usize) -> Vec<Cell> {
    let name = Untrusted::from(target.name.as_str()).terminal_ends_within(room);
    let mut cells = vec![Cell::new(name), letter(target.grade)];
    cells.extend(Family::ALL.map(|family| mark(target.families.of(family))));
    cells.push(Cell::new(cold(target, style)));
    cells
}

fn letter(letter: Letter) -> Cell {
    colored(letter, letter.shown())
}

/// A letter in doubt carries its `~`.
fn mark(mark: &Mark) -> Cell {
    colored(mark.grade, &mark.shown())
}

fn colored(letter: Letter, text: &str) -> Cell {
    let cell = Cell::new(text).set_alignment(CellAlignment::Center);
    match letter {
        Letter::Graded(grade) => cell.fg(letter_color(grade)),
        Letter::NotMeasured => cell.fg(comfy_table::Color::Magenta),
        Letter::NotConfigured | Letter::LeftOut => cell,
    }
}

fn cold(target: &TargetReport, style: Style) -> String {
    let latency = target.facts.latency.known();
    let Some(cold) = latency.and_then(|latency| latency.cold()) else {
        return "-".to_owned();
    };
    let median = cold.median;
    if style.width >= WIDE {
        let (dns, tcp, tls) = (median.dns, median.tcp, median.tls);
        return format!(
            "{dns} + {tcp} + {tls} + {} = {}",
            median.server,
            median.ttfb()
        );
    }
    format!("{} ({})", median.ttfb(), median.server)
}
