// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.job.OptionType;
import java.util.Optional;
import org.apache.flink.core.fs.Path;

/**
 * Where a changelog goes, one place or several: the value of {@link WordCountOptions#OUTPUT}.
 *
 * @param topic to the topic, exactly once
 * @param console to the standard output of the TaskManager
 * @param directory to files
 */
public record ChangelogTargets(boolean topic, boolean console, Optional<Path> directory) {

    static OptionType<ChangelogTargets> type() {
        return new OptionType<>(
                "topic, console or a DIR (an absolute path, or a URI such as s3://bucket/path), or several of these three with commas",
                text -> {
                    boolean topic = false;
                    boolean console = false;
                    Optional<Path> directory = Optional.empty();
                    for (String target : text.split(",", -1)) {
                        switch (target) {
                            case "topic" -> {
                                OptionType.require(!topic);
                                topic = true;
                            }
                            case "console" -> {
                                OptionType.require(!console);
                                console = true;
                            }
                            default -> {
                                OptionType.require(directory.isEmpty());
                                directory = Optional.of(
                                        OptionType.directory().parser().apply(target));
                            }
                        }
                    }
                    return new ChangelogTargets(topic, console, directory);
                });
    }
}
