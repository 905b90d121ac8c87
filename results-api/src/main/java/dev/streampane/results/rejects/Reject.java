// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * One record of a list, as it is shown.
 *
 * @param partition partition of the topic that is listed: dead letters, late records or an input
 * @param appended when the broker appended it there
 */
record Reject(int partition, long offset, Instant appended, ObjectNode json) {}
