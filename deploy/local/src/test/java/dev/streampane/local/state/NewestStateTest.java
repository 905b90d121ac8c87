// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewestStateTest {

    @TempDir
    Path states;

    @Test
    void shouldFindTheHighestCheckpointIdAmongCheckpointsAndSavepoints() throws IOException {
        // Given
        TestCheckpoint.write(states.resolve("weather-average/1/aaaa/chk-9"), 9);
        TestCheckpoint.write(states.resolve("weather-average/1/bbbb/chk-101"), 101);
        TestCheckpoint.write(states.resolve("weather-average/1/savepoint-bbbb-0123"), 102);
        TestCheckpoint.write(states.resolve("weather-average/2/cccc/chk-700"), 700);
        TestCheckpoint.write(states.resolve("transaction-total/1/dddd/chk-800"), 800);

        // When
        var newest = NewestState.find(states, "weather-average", 1);

        // Then
        assertThat(newest)
                .contains(new NewestState.State(102, states.resolve("weather-average/1/savepoint-bbbb-0123")));
    }

    @Test
    void shouldPassOverWhatIsNotComplete() throws IOException {
        // Given
        TestCheckpoint.write(states.resolve("weather-average/1/aaaa/chk-9"), 9);
        Files.createDirectories(states.resolve("weather-average/1/aaaa/chk-10"));
        Path torn = Files.createDirectories(states.resolve("weather-average/1/aaaa/chk-11"));
        Files.write(torn.resolve("_metadata"), new byte[] {0x49, 0x60, 0x67, 0x2d, 0, 0, 0, 6, 0});
        Path foreign = Files.createDirectories(states.resolve("weather-average/1/aaaa/chk-12"));
        Files.writeString(foreign.resolve("_metadata"), "this is no checkpoint of Flink");

        // When
        var newest = NewestState.find(states, "weather-average", 1);

        // Then
        assertThat(newest).map(NewestState.State::checkpointId).contains(9L);
    }

    @Test
    void shouldFindNothingForAGenerationThatNeverRan() {
        assertThat(NewestState.find(states, "weather-average", 3)).isEmpty();
    }
}
