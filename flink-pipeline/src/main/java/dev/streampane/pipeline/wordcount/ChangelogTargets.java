// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.job.OptionType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.Path;

/**
 * One or several targets of a changelog: the value of {@link WordCountOptions#OUTPUT}.
 *
 * @param topic whether it is written to the topic, exactly once
 * @param console whether it is written to the standard output of the TaskManager
 * @param directory the directory of its files, if it is written to files
 */
public record ChangelogTargets(boolean topic, boolean console, Optional<Path> directory) {

    static OptionType<ChangelogTargets> type() {
        return new OptionType<>(
                "topic, console or a DIR (an absolute path, or a URI such as s3://bucket/path), or several of these three with commas",
                text -> {
                    List<String> targets = new ArrayList<>(List.of(text.split(",", -1)));
                    boolean topic = targets.remove("topic");
                    boolean console = targets.remove("console");
                    OptionType.require(targets.size() <= 1);
                    Optional<Path> directory = targets.stream()
                            .findFirst()
                            .map(OptionType.directory().parser());
                    return new ChangelogTargets(topic, console, directory);
                });
    }
}
