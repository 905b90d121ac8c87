// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.job.OptionType;
import org.apache.flink.core.fs.Path;

/** The source of the lines of text: the value of {@link WordCountOptions#SOURCE}. */
public sealed interface TextSource {

    /** {@code datagen}: generated words, at a rate. */
    record Datagen() implements TextSource {}

    /** {@code kafka:TOPIC}: each record's value is a text. */
    record Topic(String name) implements TextSource {}

    /**
     * {@code file:PATH} or {@code dir:PATH}: lines of files.
     *
     * @param directory whether {@code path} is a directory, whose files at all levels are read, or one file
     */
    record Files(Path path, boolean directory) implements TextSource {}

    /** {@code socket:HOST:PORT}: lines that a server sends. */
    record Socket(String host, int port) implements TextSource {}

    static OptionType<TextSource> type() {
        return new OptionType<>(
                "datagen, kafka:TOPIC, file:PATH, dir:PATH or socket:HOST:PORT (PATH is absolute, or a URI such as s3://bucket/path)",
                text -> {
                    String[] parts = text.split(":", 2);
                    if (parts.length == 1) {
                        OptionType.require(text.equals("datagen"));
                        return new Datagen();
                    }
                    String place = parts[1];
                    return switch (parts[0]) {
                        case "kafka" -> new Topic(OptionType.topic().parser().apply(place));
                        case "file" -> new Files(path(place), false);
                        case "dir" -> new Files(path(place), true);
                        case "socket" -> {
                            OptionType.HostPort socket = OptionType.HostPort.parse(place);
                            yield new Socket(socket.host(), socket.port());
                        }
                        default -> throw new IllegalArgumentException();
                    };
                });
    }

    private static Path path(String text) {
        return OptionType.directory().parser().apply(text);
    }
}
