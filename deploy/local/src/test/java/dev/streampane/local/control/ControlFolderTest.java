// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlFolderTest {

    private static final JobCommand COMMAND =
            JobCommand.start("weather-average", StartFrom.savepoint(Path.of("/a b/savepoint-1")), Map.of("skew", "1m"));

    @TempDir
    Path data;

    private ControlFolder open() throws IOException {
        ControlFolder folder = new ControlFolder(data);
        folder.open();
        return folder;
    }

    @Test
    void shouldCarryACommandThereAndItsAnswerBack() throws IOException {
        // Given
        ControlFolder folder = open();
        String id = ControlFolder.newId();
        folder.put(id, COMMAND);

        // When
        ControlFolder.Request request = folder.take().orElseThrow();
        request.answer().begin("start");
        request.answer().failed("no \"slots\"", 3);

        // Then
        assertThat(request.command()).isEqualTo(COMMAND);
        assertThat(folder.answer(id))
                .extracting(line -> line.path("event").asText())
                .containsExactly("begin", "failed");
        assertThat(folder.answer(id).get(1).path("text").asText()).isEqualTo("no \"slots\"");
        assertThat(folder.take()).isEmpty();
        folder.forget(id);
        assertThat(data.resolve("orders")).isEmptyDirectory();
    }

    @Test
    void shouldNotCarryOutWhatAnEarlierUpHasLeft() throws IOException {
        // Given
        open().put(ControlFolder.newId(), COMMAND);

        // When
        ControlFolder folder = open();

        // Then
        assertThat(folder.take()).isEmpty();
    }

    @Test
    void shouldGiveBackWhatNobodyHasTaken() throws IOException {
        // Given
        ControlFolder folder = open();
        String id = ControlFolder.newId();
        folder.put(id, COMMAND);

        // When
        boolean back = folder.takeBack(id);

        // Then
        assertThat(back).isTrue();
        assertThat(folder.take()).isEmpty();
        assertThat(folder.takeBack(id)).isFalse();
    }

    @Test
    void shouldDropWhatIsNoCommand() throws IOException {
        // Given
        ControlFolder folder = open();
        Files.writeString(data.resolve("orders/1.order"), "{\"kind\":\"EXPLODE\"}");

        // When Then
        assertThatThrownBy(folder::take).isInstanceOf(JsonProcessingException.class);
        assertThat(folder.take()).isEmpty();
    }

    @Test
    void shouldDropWhatCannotBeReadAndTakeWhatComesAfterIt() throws IOException {
        // Given
        ControlFolder folder = open();
        Files.createDirectory(data.resolve("orders/1.order"));
        folder.put(ControlFolder.newId(), COMMAND);

        // When Then
        assertThatThrownBy(folder::take).isInstanceOf(IOException.class);
        assertThat(folder.take().orElseThrow().command()).isEqualTo(COMMAND);
    }
}
