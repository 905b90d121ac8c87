// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlinkPathsTest {

    @ParameterizedTest
    @ValueSource(strings = {"/data/state", "/a b/100%", "/a%20b"})
    void shouldGiveBackAFolder(String folder) {
        assertThat(FlinkPaths.text(Path.of(folder))).isEqualTo("file://" + folder);
        assertThat(FlinkPaths.of("file://" + folder)).isEqualTo(Path.of(folder));
        assertThat(FlinkPaths.of("file:" + folder)).isEqualTo(Path.of(folder)); // as Flink itself writes it
    }
}
