// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * One record of a list.
 *
 * @param partition partition of the listed topic: dead letters, late records or an input
 * @param appended when the broker appended the record to that topic
 * @param json the record as it is shown
 */
record Reject(int partition, long offset, Instant appended, ObjectNode json) {}
