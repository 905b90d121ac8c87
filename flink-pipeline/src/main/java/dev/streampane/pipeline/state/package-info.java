// SPDX-License-Identifier: Apache-2.0
/**
 * The serializers of the jobs' state, which is a contract with all checkpoints and savepoints of users. The names of the classes in this package
 * and the format that {@code write} and {@code read} share never change; the types that they serialize may be renamed and moved.
 *
 * <p>One field more or less, or another order of fields, is a new format. It needs a new {@code Snapshot} class beside the old one. The old one
 * still makes a serializer that reads the old format, and the new one answers {@code compatibleAfterMigration} to it.
 *
 * <p>The savepoints in {@code src/test/resources/savepoints} ensure this: every build restores them, and they are never written again.
 */
package dev.streampane.pipeline.state;
