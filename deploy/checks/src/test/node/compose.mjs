// SPDX-License-Identifier: Apache-2.0
// Prints what dclint finds in a Compose file, a line each: the specification's schema, and its rules but for those of style. An image of ours is
// built here or pulled, so it has both.
import { DCLinter } from "dclint";

const off = ["no-build-and-image", "require-project-name-field", "service-keys-order", "top-level-properties-order", "require-quotes-in-ports"];
const order = ["services", "service-ports", "service-dependencies"].map((what) => `${what}-alphabetical-order`);
const rules = Object.fromEntries([...off, ...order].map((rule) => [rule, 0]));
const results = await new DCLinter({ rules, quiet: false, debug: false, exclude: [] }).lintFiles([process.argv[2]], false);
const found = results.flatMap(({ messages }) => messages);
found.forEach(({ line, column, rule, message }) => console.log(`${line}:${column}: ${rule}: ${message}`));
process.exit(found.length > 0 ? 1 : 0);
