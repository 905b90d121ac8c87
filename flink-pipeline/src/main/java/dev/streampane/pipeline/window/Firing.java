// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.io.Serializable;
import java.time.Duration;

/**
 * When panes emit results, and how long they are kept.
 *
 * @param allowedLateness how long after its end a window still takes records and is revised
 * @param preview time between previews of a pane that has not fired; zero = none
 * @param stateTtl event time without a record after which a running total is removed; zero = never
 */
public record Firing(Duration allowedLateness, Duration preview, Duration stateTtl) implements Serializable {}
