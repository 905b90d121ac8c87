// SPDX-License-Identifier: Apache-2.0
/**
 * The local stack: Kafka, Elasticsearch and Flink from their Maven jars, each as a JVM process of its own on the
 * loopback address, for the {@code streampane} command and for every module's tests.
 *
 * <p>The servers' class paths are written by the modules under {@code deploy/local/servers} when they are built. What
 * this package starts it also ends: by {@code close()}, by a shutdown hook, and, when this JVM is killed, by the
 * {@link dev.streampane.local.Tether} in each of its children.
 */
package dev.streampane.local;
