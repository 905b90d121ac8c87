// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.state.OperatorStateHandle;

/** What a savepoint of a small job says. */
public final class Savepoints {

    private Savepoints() {}

    /** How many tasks that read the log were not idle. */
    public static int activeReaders(String savepoint) {
        Path metadata = Path.of(URI.create(savepoint)).resolve("_metadata");
        try (var in = new DataInputStream(Files.newInputStream(metadata))) {
            return Checkpoints.loadCheckpointMetadata(in, Savepoints.class.getClassLoader(), savepoint)
                    .getOperatorStates()
                    .stream()
                    .flatMap(operator -> operator.getStates().stream())
                    .flatMap(task -> task.getManagedOperatorState().stream())
                    .map(OperatorStateHandle::getStateNameToPartitionOffsets)
                    .filter(states -> states.containsKey("partitions"))
                    .mapToInt(states -> states.get("watermarks").getOffsets().length)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
