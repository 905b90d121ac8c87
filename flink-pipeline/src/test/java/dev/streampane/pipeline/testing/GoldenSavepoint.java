// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.streampane.pipeline.contract.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A small savepoint that lies with the tests, and what a job says that goes on from it: every later build must say the same. {@code
 * -Dgolden.write=true} makes both anew, which breaks what users have.
 *
 * @param name of the folder
 * @param topic that the log is read as
 * @param before writes what was read before the savepoint, with an undecodable record at the end of each partition; it must not change
 * @param said what has been said at the savepoint, beside a dead letter for each partition
 * @param after writes what comes then; at most one late record per pane, for no watermark has a place of its own between records
 */
public record GoldenSavepoint<T>(
        String name,
        TopologyRun.Setup<T> setup,
        String topic,
        Consumer<LogWriter> before,
        Predicate<TopologyRun> said,
        Consumer<LogWriter> after) {

    /** Partitions of each log. */
    public static final int PARTITIONS = 2;

    /** Holds that the job says what it said from there, and that the state names no class but those that are kept. */
    public void assertGoesOn() throws IOException {
        if (GoldenState.isWritten()) {
            write();
        }
        state().assertNamesNoOtherClass();
        state().assertTold(told(restored().awaitEnd()).sorted().toList());
    }

    /** The job, going on with all that comes then. */
    public TopologyRun restored() {
        var log = new PartitionedLog(PARTITIONS);
        var writer = new LogWriter(log, topic);
        before.accept(writer);
        after.accept(writer);
        writer.close();
        return setup.restore(log, 1, state().folder().toUri().toString());
    }

    private void write() throws IOException {
        var log = new PartitionedLog(PARTITIONS);
        before.accept(new LogWriter(log, topic));
        TopologyRun job =
                setup.start(log, PARTITIONS).await(run -> run.deadLetters().size() == PARTITIONS && said.test(run));
        state().keep(job.stop(Files.createTempDirectory("golden")), Map.of());
    }

    private GoldenState state() {
        return new GoldenState(name);
    }

    /** All but the watermark, which depends on when it is asked, and the build. */
    public static Stream<String> told(TopologyRun run) {
        return run.outputs().stream().flatMap(GoldenSavepoint::told);
    }

    private static Stream<String> told(Output output) {
        return new String(output.value(), UTF_8)
                .replaceAll(",?\"(watermark|jobVersion)\":(null|\"[^\"]*\")", "")
                .lines()
                .map(line -> output.channel() + " " + line);
    }
}
