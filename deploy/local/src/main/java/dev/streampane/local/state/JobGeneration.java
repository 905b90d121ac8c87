// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

/** One generation of a job. */
public record JobGeneration(String job, int generation) {}
