// SPDX-License-Identifier: Apache-2.0
/** Kafka's topics: the catalogues of topics and ACLs, retention, and reading a topic as a {@code read_committed} reader does. */
package dev.streampane.local.log;
