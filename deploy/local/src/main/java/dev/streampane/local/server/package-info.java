// SPDX-License-Identifier: Apache-2.0
/**
 * Kafka, Elasticsearch, Flink and the services as processes of their own on the loopback address, for the {@code streampane}
 * command and for every module's tests, and the HTTP clients of the last three.
 *
 * <p>The servers' class paths are written by the modules under {@code deploy/local/servers} when they are built. What
 * this package starts it also ends: by {@code close()}, by a shutdown hook, and, when this JVM is killed, by the
 * {@link dev.streampane.local.server.ParentWatchdog} in each of its children.
 */
package dev.streampane.local.server;
