// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.Output.Channel;
import dev.streampane.pipeline.state.OutputSerializer;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HoldUntilBarrierTest {

    @AutoClose
    private OneInputStreamOperatorTestHarness<Output, Output> operator;

    @BeforeEach
    void open() throws Exception {
        operator = new OneInputStreamOperatorTestHarness<>(new HoldUntilBarrier());
        operator.setup(OutputSerializer.TYPE.createSerializer(new SerializerConfigImpl()));
        operator.open();
    }

    @Test
    void shouldSayAllWithTheCheckpointThatCommitsIt() throws Exception {
        Output line = output(Channel.AUDIT, new byte[2]);
        Output late = output(Channel.LATE, new byte[0]);
        Output letter = output(Channel.DEAD_LETTERS, new byte[1]);
        say(late);
        say(letter);
        say(line);
        assertThat(operator.extractOutputValues()).isEmpty();

        operator.prepareSnapshotPreBarrier(1);

        assertThat(operator.extractOutputValues()).containsExactly(late, letter, line);
        operator.prepareSnapshotPreBarrier(2);
        assertThat(operator.extractOutputValues()).hasSize(3);
    }

    @Test
    void shouldSayAllAtTheEndOfTheInput() throws Exception {
        say(output(Channel.LATE, new byte[0]));

        operator.getOneInputOperator().finish();

        assertThat(operator.extractOutputValues()).hasSize(1);
    }

    @Test
    void shouldHoldNoMoreThanItsBound() throws Exception {
        int before = 0;
        for (int i = 0; i < 100; i++) {
            say(output(Channel.DEAD_LETTERS, new byte[1 << 20]));
            int held = i + 1 - operator.extractOutputValues().size();
            assertThat(held).isLessThanOrEqualTo(8);
            before = Math.max(before, held);
        }
        assertThat(before).isEqualTo(7);
    }

    private void say(Output output) throws Exception {
        operator.processElement(new StreamRecord<>(output));
    }

    private static Output output(Channel channel, byte[] value) {
        return new Output(channel, null, value, Map.of("offset", "2"));
    }
}
