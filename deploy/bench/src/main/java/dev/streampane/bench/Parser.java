// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import dev.streampane.local.server.Checkout;
import java.io.File;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streampane bench parser}: what it takes to decode a reading. */
@Command(
        name = "parser",
        description = {
            "Compares how fast weather-average and Jackson parse a reading.",
            "JMH measures weather-average's decoder and databind, each in a process of its",
            "own, and with its gc profiler what they allocate."
        })
final class Parser extends Benchmark {

    private static final List<String> PARSERS = List.of("decoder", "decoderUnusual", "databind", "databindWithoutTime");

    @Option(names = "--seconds", defaultValue = "5", description = "Length of a round.")
    private int seconds;

    @Option(names = "--warm-up", defaultValue = "5", description = "Seconds of each before its rounds.")
    private int warmUp;

    @Option(names = "--rounds", defaultValue = "3", description = "Rounds.")
    private int rounds;

    @Override
    public Integer call() throws Exception {
        List<String> jars = new ArrayList<>(
                List.of(System.getProperty("java.class.path"), Checkout.jobJar().toString()));
        Checkout.classPath("flink").forEach(jar -> jars.add(jar.toString()));
        System.setProperty(
                "java.class.path", String.join(File.pathSeparator, jars)); // for the processes that JMH starts
        Map<String, Double> nanos = new HashMap<>();
        for (String parser : PARSERS) {
            nanos.put(parser, measure(parser));
        }
        report(
                "databind takes %.1f times as long as the decoder, %.1f times without the time",
                "ratio",
                nanos.get("databind") / nanos.get("decoder"),
                "ratioWithoutTime",
                nanos.get("databindWithoutTime") / nanos.get("decoder"));
        return 0;
    }

    private double measure(String parser) throws Exception {
        RunResult result = new Runner(new OptionsBuilder()
                        .include(ReadingParsers.class.getName() + '.' + parser + '$')
                        .addProfiler(GCProfiler.class)
                        .forks(1)
                        .warmupIterations(1)
                        .warmupTime(TimeValue.seconds(warmUp))
                        .measurementIterations(rounds)
                        .measurementTime(TimeValue.seconds(seconds))
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .runSingle();
        double nanos = result.getPrimaryResult().getScore();
        report(
                "%-20s %,8.0f ns and %,6.0f bytes per reading",
                "parser",
                parser,
                "nanos",
                nanos,
                "bytes",
                result.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
        return nanos;
    }
}
