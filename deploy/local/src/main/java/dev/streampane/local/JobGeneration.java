// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local;

/** One generation of a job. */
record JobGeneration(String job, int generation) {}
