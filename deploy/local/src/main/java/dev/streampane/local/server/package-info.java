// SPDX-License-Identifier: Apache-2.0
/**
 * Runs Kafka, Elasticsearch, Flink and the services, each in a process of its own on the loopback address, for the
 * {@code streampane} command and for every module's tests; has HTTP clients of the last three.
 *
 * <p>The servers' class paths are written by the modules under {@code deploy/local/servers} when they are built. This
 * package also ends what it starts: by {@code close()}, by a shutdown hook, and, when this JVM is killed, by the
 * {@link dev.streampane.local.server.ParentWatchdog} in each of its children.
 */
package dev.streampane.local.server;
