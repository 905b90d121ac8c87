// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

/** The successive windows of one job for one key under one specification. */
public record Series(String job, String spec, String key) {}
