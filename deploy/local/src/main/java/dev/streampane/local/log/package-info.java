// SPDX-License-Identifier: Apache-2.0
/** Kafka's topics: their catalogue, their retention, and reading them with {@code read_committed}. */
package dev.streampane.local.log;
