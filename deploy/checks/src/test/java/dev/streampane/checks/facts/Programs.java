// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import dev.streampane.local.command.Streampane;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** What the program of an image reads of its environment. */
public final class Programs {

    public static final String JOB = "streampane/flink-job";

    private static final String COMMAND = "streampane/command";

    private static final Pattern BUCKET = Pattern.compile("s3a?://([^/]+)/.*");
    /** adobe/S3Mock 4.9.1, README.md. */
    private static final String BUCKETS = "COM_ADOBE_TESTING_S3MOCK_STORE_INITIAL_BUCKETS";

    /** The variable of Flink's image (apache/flink-docker 22f0d02, docker-entrypoint.sh), and those of its S3 file system. */
    private static final Set<String> OF_FLINK =
            Set.of("FLINK_PROPERTIES", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");

    /** The jobs' Kafka clients are newer than the services', whose settings do not have these. */
    private static final String PROVIDERS = "STREAMPANE_KAFKA_CONFIG_PROVIDERS";

    private Programs() {}

    /** An image's name without its tag, and without a registry where it is ours. */
    public static String repository(String image) {
        String name = image.replaceFirst(":[^:/]+$", "");
        return Images.isOwn(image) ? name.substring(name.indexOf("streampane/")) : name;
    }

    /** Which of our services an image is. */
    public static Optional<Service> service(String image) {
        return Images.isOwn(image) ? Service.named(repository(image).replace("streampane/", "")) : Optional.empty();
    }

    /** Whether it is the image of the {@code streampane} command. */
    public static boolean isCommand(String image) {
        return repository(image).equals(COMMAND);
    }

    /**
     * Variables that the program does not look at, of a program whose settings can be asked: ours, Kafka, Flink, and scripts.
     *
     * @param texts its scripts and files, which may name variables
     * @param jobs the jobs that it runs
     */
    public static List<String> unread(
            String image, Collection<String> variables, Collection<String> texts, Collection<String> jobs) {
        return variables.stream()
                .filter(name -> !reads(image, name, jobs))
                .filter(name -> texts.stream().noneMatch(text -> Pattern.compile("\\$\\{?" + name + "\\b")
                        .matcher(text)
                        .find()))
                .sorted()
                .toList();
    }

    private static boolean reads(String image, String name, Collection<String> jobs) {
        Optional<Service> service = service(image);
        if (service.isPresent()) {
            return ServiceSettings.of(service.get()).readsVariable(name);
        }
        return switch (repository(image)) {
            case "apache/kafka" -> BrokerSettings.readsVariable(name);
            case JOB ->
                OF_FLINK.contains(name)
                        || name.startsWith(PROVIDERS)
                        || jobs.stream().anyMatch(job -> JobOptions.readsVariable(job, name));
            case COMMAND -> false;
            // what images of others read is theirs to say; these are of our import.sh
            default -> !name.startsWith("KIBANA_");
        };
    }

    /** What a subcommand of {@code streampane} is told; nothing when the command refuses it, and then says why. */
    public static Optional<ParseResult> parse(List<String> arguments, Consumer<String> refusal) {
        try {
            return Optional.ofNullable(new CommandLine(new Streampane())
                    .parseArgs(arguments.toArray(String[]::new))
                    .subcommand());
        } catch (ParameterException e) {
            refusal.accept(e.getMessage());
            return Optional.empty();
        }
    }

    /** The bucket of an address. */
    public static Optional<String> bucket(String address) {
        Matcher bucket = BUCKET.matcher(address);
        return bucket.matches() ? Optional.of(bucket.group(1)) : Optional.empty();
    }

    /** The buckets that an S3 server makes when it starts; nothing when it is none. */
    public static List<String> buckets(Map<String, String> environment) {
        String buckets = environment.get(BUCKETS);
        return buckets == null ? List.of() : List.of(buckets.split(","));
    }
}
