// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

/** What one window follows another in: a job's results for one key under one specification. */
public record Series(String job, String spec, String key) {}
