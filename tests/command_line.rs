//! What a user reads who writes the command line wrong, asks for help, or gives the program nowhere to write.
//!
//! In: the program. Out: its words in both languages, exit codes, and the examples of its help run one by one.

use std::path::Path;
use std::process::{Command, Output};

fn run(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mujun"));
    command.args(arguments).current_dir(home).env("LANG", "en_US.UTF-8").env("LC_ALL", "en_US.UTF-8").env("COLUMNS", "110");
    command.output().expect("the program starts")
}

fn said(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(Path::new(env!("CARGO_MANIFEST_DIR")), arguments);
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Arguments that cannot be used, and the first line of what is said in English and in Chinese.
const WRONG: &[(&[&str], &str, &str)] = &[
    (&["rank", "d", "--polcy", "x"], "there is no option \"--polcy\"", "没有选项“--polcy”"),
    (&["rnk", "d"], "there is no command \"rnk\"", "没有命令“rnk”"),
    (&["rank"], "this is missing: <DATA>...", "缺少：<DATA>..."),
    (&["rank", "d", "--year"], "\"--year <Y>\" needs a value after it", "“--year <Y>”后面要写一个值"),
    (
        &["rank", "d", "--year", "abc"],
        "\"abc\" cannot be the value of \"--year <Y>\", which is a whole number",
        "“--year <Y>”的值应为整数，不能是“abc”",
    ),
    (&["rank", "d", "--format", "cvs"], "\"cvs\" cannot be the value of \"--format <FORMAT>\"", "“--format <FORMAT>”的值不能是“cvs”"),
    (&["rank", "d", "--year", "2025", "--year", "2024"], "\"--year <Y>\" stands there twice", "“--year <Y>”写了两次"),
    (&["rank", "d", "--proof", "--top", "3"], "\"--proof\" does not go with --top <N>", "“--proof”不能与 --top <N> 同用"),
    (&["policy", "show", "a", "b"], "\"b\" is one argument too many", "多出一个参数“b”"),
    (&["check", "d", "--by", "department"], "this is missing: --output <FILE|DIR>", "缺少：--output <FILE|DIR>"),
    (&["policy", "shw", "a"], "there is no command \"shw\"", "没有命令“shw”"),
    (&["--policy", "a", "rank", "d"], "there is no option \"--policy\"", "没有选项“--policy”"),
];

#[test]
fn wrong_arguments_are_told_in_the_readers_language_with_exit_code_2() {
    for (arguments, english, chinese) in WRONG {
        for (language, start, sentence, usage) in [("en", "error: ", english, "Usage: mujun"), ("zh", "错误：", chinese, "用法：mujun")]
        {
            let (code, text) = said(&[&["--lang", language], *arguments].concat());
            assert_eq!(code, Some(2), "{arguments:?}");
            assert_eq!(text.lines().next(), Some(format!("{start}{sentence}").as_str()), "{arguments:?}:\n{text}");
            assert!(text.lines().last().is_some_and(|line| line.contains("mujun") && line.ends_with("--help")), "{text}");
            if text.contains("mujun [") || text.contains("mujun rank ") {
                assert!(text.contains(usage) || !text.contains("[OPTIONS]"), "{text}");
            }
            if language == "zh" {
                for word in ["error", "unexpected", "Usage", "tip", "For more", "OPTIONS", "possible", "similar", "help:"] {
                    assert!(!text.contains(word), "{word}: {text}");
                }
            }
        }
    }
}

#[test]
fn what_is_near_and_what_would_do_is_named() {
    for (arguments, expected) in [
        (&["rank", "d", "--polcy", "x"][..], "  = 建议: 是否应为“--policy”？"),
        (&["rnk", "d"], "  = 建议: 是否应为“rank”？"),
        (&["rnk", "d"], "  = 建议: 可用的有：rank、flag、zone、check、policy、sql、init"),
        (&["rank", "d", "--format", "cvs"], "  = 建议: 是否应为“csv”？"),
        (&["rank", "d", "--format", "cvs"], "  = 建议: 可用的有：table、csv、json、md、xlsx、parquet"),
        (&["--lenient", "rank", "d"], "mujun rank --lenient"),
        (&["rank"], "用法：mujun rank "),
        (&["policy", "shw"], "详见：mujun policy --help"),
    ] {
        let (_, text) = said(&[&["--lang", "zh"], arguments].concat());
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
}

#[test]
fn help_is_in_one_language() {
    let commands = commands(&[]);
    assert!(commands.len() >= 13, "{commands:?}");
    for path in commands {
        let output =
            run(Path::new("."), &[&["--lang", "zh"], &path.iter().map(String::as_str).collect::<Vec<_>>()[..], &["--help"]].concat());
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0));
        for word in ["Usage", "Options", "Commands", "Arguments", "[OPTIONS]", "[default", "[possible", "COMMAND", "Examples", "For "] {
            assert!(!text.contains(word), "{path:?}: {word} in\n{text}");
        }
        assert!(text.contains("用法：mujun"), "{text}");
    }
}

/// The commands below one, each with its own, as the help lists them.
fn commands(path: &[String]) -> Vec<Vec<String>> {
    let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help", "--lang", "en"]).collect();
    let output = run(Path::new("."), &arguments);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut all = vec![path.to_vec()];
    for line in text.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| line.starts_with("  ")) {
        let Some(name) = line.split_whitespace().next().filter(|_| !line.starts_with("   ")) else { continue };
        all.extend(commands(&[path, &[name.to_owned()]].concat()));
    }
    all
}

#[test]
fn every_command_has_examples_that_run() {
    for (language, title) in [("en", "Examples:"), ("zh", "示例：")] {
        let home = tempfile::tempdir().expect("a directory");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data"), &home.path().join("sample_data"));
        let mut commands = commands(&[]);
        // The others look at what it writes.
        commands.sort_by_key(|path| path.last().is_none_or(|name| name != "new"));
        for path in commands {
            let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help", "--lang", language]).collect();
            let text = String::from_utf8_lossy(&run(home.path(), &arguments).stdout).into_owned();
            let below = text.lines().skip_while(|line| *line != title).skip(1);
            let examples: Vec<&str> = below.map(str::trim).filter(|line| line.starts_with("mujun ")).collect();
            assert!(examples.len() >= 2, "{path:?} has fewer than two examples:\n{text}");
            // Those of the others are told again where all commands are.
            for example in examples.iter().filter(|_| !path.is_empty() && path != ["policy"]) {
                run_example(example, language, home.path());
            }
        }
    }
}

fn run_example(example: &str, language: &str, home: &Path) {
    let program = Path::new(env!("CARGO_BIN_EXE_mujun")).parent().expect("a directory").display().to_string();
    let path = format!("{program}:{}", std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh").args(["-c", &format!("{example} --lang {language}")]).current_dir(home).env("PATH", path).output();
    let output = output.expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    // 1: something was found that `--fail-on` names.
    let most = if example.contains("--fail-on") { 1 } else { 0 };
    assert!(output.status.code().is_some_and(|code| code <= most), "`{example}` ended with {:?}:\n{said}", output.status.code());
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a directory to copy").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &target) } else { std::fs::copy(entry.path(), target).map(drop).expect("a copy") }
    }
}

#[test]
fn a_file_that_cannot_be_written_is_named_as_it_was_asked_for() {
    let home = tempfile::tempdir().expect("a directory");
    std::fs::write(home.path().join("file"), "x").expect("a file");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data").display().to_string();
    for (target, expected) in [
        ("none/out.csv", "错误：无法写入 none/out.csv：目录不存在"),
        ("file/out.csv", "错误：无法写入 file/out.csv：路径中有一段是文件而不是目录"),
        (".", "错误：无法写入 .：它是一个目录"),
    ] {
        let output = run(home.path(), &["rank", &data, "--quiet", "--lang", "zh", "--output", target]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(String::from_utf8_lossy(&output.stderr).trim_end(), expected);
    }
    assert_eq!(std::fs::read_dir(home.path()).expect("a directory").count(), 1, "nothing is left behind");
}

#[test]
fn a_table_in_a_narrow_terminal_loses_no_letter() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data/heyu").display().to_string();
    for language in ["en", "zh"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mujun"));
        let output = command.args(["zone", &data, "--lang", language]).env("COLUMNS", "60").env("NO_COLOR", "1").output();
        let text = String::from_utf8_lossy(&output.expect("the program starts").stdout).into_owned();
        assert!(text.contains('─'), "{text}");
        let cut: Vec<&str> = text.lines().filter(|line| line.starts_with(' ') && line.contains('…')).collect();
        assert!(cut.is_empty(), "{cut:#?}");
    }
}
