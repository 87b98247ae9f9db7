import type { Command } from "commander";
import { program } from "../../src-main/cli/program.ts";
import packageJson from "../../package.json" with { type: "json" };
import { tokensOf, type Page } from "./pages.ts";

/** What ends a command within a line: a comment, a pipe, the next command. */
const end = /\s+(?:#|\||&&|>|;).*$|\s{3,}.*$/;
const npmScripts = /\bnpm (?:run ([\w:-]+)|(start|test)\b)/g;

/** A placeholder that stands for what the reader has: RUN, FILE.tar.gz, HH:MM, logs/RUN, S. */
const isPlaceholder = (word: string): boolean => /^[A-Z]+\b|^\.\.\.$/.test(word);

/** The command lines in `page`: whole ones in its blocks, mentions in its sentences. */
function commandLines(page: Page): { line: string; isWhole: boolean }[] {
  return [
    ...tokensOf(page, "code").flatMap(({ text }) =>
      text
        .replaceAll(/\\\n\s*/g, "")
        .split("\n")
        .map((line) => ({ line, isWhole: true })),
    ),
    ...tokensOf(page, "codespan").map(({ text }) => ({ line: text, isWhole: false })),
  ];
}

/** Each command line of `rwb` or npm in `page` that does not exist, and why. */
export function wrongCommands(page: Page): string[] {
  return commandLines(page).flatMap(({ line, isWhole }) => [...wrongScripts(line), ...wrongRwb(line, isWhole)]);
}

function wrongScripts(line: string): string[] {
  return [...line.matchAll(npmScripts)]
    .map(([, named, short]) => named ?? short)
    .filter((script) => !Object.hasOwn(packageJson.scripts, script))
    .map((script) => `${line.trim()}: npm has no script ${script}`);
}

/** Why the command lines of `rwb` in `line` would be refused. */
export function wrongRwb(line: string, isWhole: boolean): string[] {
  const starts = [...line.matchAll(/(?:^|[\s(])(?:npx --no-install )?rwb (?=\S)/g)].map(
    (match) => match.index + match[0].length,
  );
  return starts.flatMap((start) => {
    const words = wordsOf(line.slice(start).replace(end, "").replaceAll(/[[\]]/g, ""));
    const problem = problemOf(words, isWhole);
    return problem === undefined ? [] : [`rwb ${words.join(" ")}: ${problem}`];
  });
}

const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word);

function problemOf([...words]: string[], isWhole: boolean): string | undefined {
  let command: Command = program();
  while (command.commands.length > 0 && words.length > 0 && !words[0].startsWith("-")) {
    if (isPlaceholder(words[0])) return undefined;
    const name = words.shift()!;
    const next = command.commands.find((one) => one.name() === name);
    if (next === undefined) return `there is no ${name}`;
    command = next;
  }
  const values: string[] = [];
  const given: string[] = [];
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === "--help" || word === "-h" || word === "--version") return undefined;
    if (!word.startsWith("--")) {
      values.push(word);
      continue;
    }
    const option = command.options.find(({ long }) => long === word);
    if (option === undefined) return `there is no option ${word}`;
    given.push(word);
    if (option.isBoolean() || option.negate) continue;
    const value = words.shift();
    if (value === undefined) {
      if (isWhole) return `${word} needs a value`;
    } else if (option.argChoices && !isPlaceholder(value) && !option.argChoices.includes(value)) {
      return `${word} cannot be ${value}`;
    }
  }
  const positions = command.registeredArguments;
  if (values.length > positions.length && command.commands.length === 0) return `${values.at(-1)} has no place`;
  if (!isWhole) return undefined;
  if (command.commands.length > 0) return "it is no whole command";
  if (values.length < positions.filter(({ required }) => required).length) return "an argument is missing";
  const lacking = command.options.find(({ mandatory, long }) => mandatory && !given.includes(long!));
  return lacking && `${lacking.long} is missing`;
}

/** Every help text of `rwb`, by its command: "rwb queue add". */
export function helpTexts(): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const take = (command: Command, name: string): void => {
    let text = "";
    command.configureOutput({ writeOut: (piece) => void (text += piece) }).outputHelp();
    texts.set(name, text);
    for (const one of command.commands) take(one, `${name} ${one.name()}`);
  };
  take(program(), "rwb");
  return texts;
}
