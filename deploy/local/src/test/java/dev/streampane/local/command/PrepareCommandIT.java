// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.LocalKafka;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrepareCommandIT {

    @Test
    void shouldLeaveTheNumberOfCopiesToTheBrokersAndSayWhyTheyRefuse(@TempDir Path folder) {
        // Given
        StringWriter err = new StringWriter();
        Map<String, String> twoCopies = Map.of("default.replication.factor", "2");
        try (LocalKafka one = LocalKafka.start(folder, twoCopies)) {
            // When
            int code = Streampane.commandLine()
                    .setErr(new PrintWriter(err, true))
                    .execute("prepare", "--bootstrap-servers", one.bootstrapServers());

            // Then
            assertThat(code).isEqualTo(3);
            assertThat(err.toString().strip())
                    .matches("streampane: cannot create the topic device-readings: .*[Rr]eplication.*1 broker.*");
        }
    }
}
