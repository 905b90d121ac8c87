// SPDX-License-Identifier: Apache-2.0
/** The {@code streampane} command: one class per subcommand. */
package dev.streampane.local.command;
