// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.flink;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * Loads the classes that Flink's processes load, and ends, so that the JVM writes an archive of them (-XX:ArchiveClassesAtExit): they
 * then need not be read, verified and linked at each start. Runs a small job with state, timers and checkpoints, and loads every class
 * of the libraries that jobs share (Kafka's client and Jackson).
 */
public final class TrainingRun {

    private static final List<Class<?>> PROCESSES =
            List.of(StandaloneSessionClusterEntrypoint.class, TaskManagerRunner.class);
    private static final List<Class<?>> OF_EACH_SHARED_JAR = List.of(KafkaProducer.class, ObjectMapper.class);

    private TrainingRun() {}

    /**
     * Runs the job and loads the classes.
     *
     * @param args one argument, a folder for checkpoints
     */
    public static void main(String[] args) throws Exception {
        for (Class<?> process : PROCESSES) {
            Class.forName(process.getName());
        }
        for (Class<?> one : OF_EACH_SHARED_JAR) {
            loadAll(Path.of(
                    one.getProtectionDomain().getCodeSource().getLocation().toURI()));
        }
        runJob(Path.of(args[0]));
    }

    private static void loadAll(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            file.stream().map(JarEntry::getName).forEach(TrainingRun::load);
        }
    }

    private static void load(String entry) {
        if (!entry.endsWith(".class") || entry.startsWith("META-INF/")) {
            return;
        }
        String name = entry.substring(0, entry.length() - ".class".length()).replace('/', '.');
        try {
            Class.forName(name, false, TrainingRun.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError optional) {
            // of a library that is not on the class path; a TaskManager cannot load it either
        }
    }

    private static void runJob(Path checkpoints) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                checkpoints.toAbsolutePath().toUri().toString());
        StreamExecutionEnvironment flink = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
        flink.enableCheckpointing(50);
        flink.fromSequence(0, 1_000)
                .keyBy(number -> number % 10)
                .process(new Counter())
                .sinkTo(new DiscardingSink<>());
        flink.execute();
    }

    private static final class Counter extends KeyedProcessFunction<Long, Long, Long> {

        private transient ValueState<Long> count;

        @Override
        public void open(OpenContext context) {
            count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
        }

        @Override
        public void processElement(Long number, Context context, Collector<Long> out) throws Exception {
            Long before = count.value();
            count.update(before == null ? 1 : before + 1);
            context.timerService().registerEventTimeTimer(number);
        }

        @Override
        public void onTimer(long timestamp, OnTimerContext context, Collector<Long> out) throws Exception {
            out.collect(count.value());
        }
    }
}
