// SPDX-License-Identifier: Apache-2.0
/**
 * {@code streampane replay}: recomputes a job's windows from the log, by its audit lines, and compares the results with the committed ones.
 * See deploy/docs/adr/0012-replay.md.
 */
package dev.streampane.local.replay;
