// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.io.Serializable;

/**
 * Who says a result.
 *
 * @param generation the number of this run of the job, from 1
 * @param zone the zone in which people read the job's windows
 */
public record JobLabel(String job, int generation, String jobVersion, String zone) implements Serializable {}
