// SPDX-License-Identifier: Apache-2.0
/**
 * The whole system on one machine: {@link dev.streampane.local.stack.Stack} starts it, supervises it and ends it.
 *
 * <p>All state of a stack is in its data folder: the servers' data, the jobs' state, the logs, and while it runs
 * {@code stack.json} with its ports and processes, which the commands in other terminals read.
 */
package dev.streampane.local.stack;
