// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline;

import dev.streampane.local.server.SharedKafka;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Jobs as they are, on the broker that test classes share and a Flink of the class; none goes on after its test. */
public abstract class JobsOnKafka {

    protected static KafkaLog log;
    protected static MiniFlink flink;

    @BeforeAll
    static void startServers() throws Exception {
        log = new KafkaLog(SharedKafka.empty().bootstrapServers());
        flink = MiniFlink.start();
    }

    @AfterAll
    static void stopServers() {
        flink.close();
        log.close();
    }

    @AfterEach
    void endJobs() throws Exception {
        flink.cancelAll();
    }
}
