// SPDX-License-Identifier: Apache-2.0
/**
 * How the jobs' state is written: a contract with every checkpoint and savepoint that users have. Class names in this package and what
 * {@code write} and {@code read} agree on never change; the types that they write may be renamed and moved at will.
 *
 * <p>A field more or less, or another order, is another format: a new {@code Snapshot} class beside the old one, which goes on to make a
 * serializer that reads the old format, and whose successor says {@code compatibleAfterMigration} to it.
 *
 * <p>The savepoints in {@code src/test/resources/savepoints} hold it: they are restored by every build and never written anew.
 */
package dev.streampane.pipeline.state;
