// SPDX-License-Identifier: Apache-2.0
/**
 * {@code streampane replay}: computes a job's windows once more from the log, going by its audit lines, and holds the outcome against what is
 * committed. See deploy/docs/adr/0012-replay.md.
 */
package dev.streampane.local.replay;
