// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderBoxTest {

    private static final JobOrder ORDER =
            JobOrder.start("weather-average", StartFrom.savepoint(Path.of("/a b/savepoint-1")), Map.of("skew", "1m"));

    @TempDir
    Path data;

    private OrderBox open() {
        OrderBox box = new OrderBox(data);
        box.open();
        return box;
    }

    @Test
    void shouldCarryAnOrderThereAndItsAnswerBack() throws IOException {
        // Given
        OrderBox box = open();
        String id = box.put(ORDER);

        // When
        OrderBox.Taken taken = box.take().orElseThrow();
        taken.answer().begin("start");
        taken.answer().failed("no \"slots\"", 3);

        // Then
        assertThat(taken.order()).isEqualTo(ORDER);
        assertThat(taken.order().startFrom()).isEqualTo(StartFrom.savepoint(Path.of("/a b/savepoint-1")));
        assertThat(box.answer(id))
                .extracting(line -> line.path("event").asText())
                .containsExactly("begin", "failed");
        assertThat(box.answer(id).get(1).path("text").asText()).isEqualTo("no \"slots\"");
        assertThat(box.take()).isEmpty();
        box.forget(id);
        assertThat(data.resolve("orders")).isEmptyDirectory();
    }

    @Test
    void shouldNotCarryOutWhatAnEarlierUpHasLeft() throws IOException {
        // Given
        open().put(ORDER);

        // When
        OrderBox box = open();

        // Then
        assertThat(box.take()).isEmpty();
    }

    @Test
    void shouldGiveBackWhatNobodyHasTaken() throws IOException {
        // Given
        OrderBox box = open();
        String id = box.put(ORDER);

        // When
        boolean back = box.takeBack(id);

        // Then
        assertThat(back).isTrue();
        assertThat(box.take()).isEmpty();
        assertThat(box.takeBack(id)).isFalse();
    }

    @Test
    void shouldDropWhatIsNoOrder() throws IOException {
        // Given
        OrderBox box = open();
        Files.writeString(data.resolve("orders/1.order"), "{\"kind\":\"EXPLODE\"}");

        // When Then
        assertThatThrownBy(box::take).isInstanceOf(JsonProcessingException.class);
        assertThat(box.take()).isEmpty();
    }
}
