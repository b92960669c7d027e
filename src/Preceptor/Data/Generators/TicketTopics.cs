using static Preceptor.Data.Generators.TicketVocabulary;

namespace Preceptor.Data.Generators;

/// <summary>The nine topics. They share many words on purpose: what is negated, asked or merely mentioned decides.</summary>
internal static class TicketTopics
{
    /// <summary>The topics in the order of the classes.</summary>
    internal static readonly TicketTopic[] All = [Billing(), Refund(), Shipping(), Login(), Bug(), FeatureRequest(), AccountClosure(), ProductQuestion(), Other()];

    private static TicketTopic Billing() => new("billing", 0.19, 0.1, [2, 5, 3, 1])
    {
        Subjects = Read("[Invoice|Bill|Statement] [of|for] {month}", "[Wrong|Strange|Unclear] [amount|charge|invoice]", "[Charged|Billed] twice", "[Payment|Card] [declined|question]", "VAT number [missing|on the invoice]", "Price of {plan}"),
        Cues = Read(
            "[I was|we were|you] charged [me|us|] [twice|two times|double] [for {plan}|in {month}|on my card]",
            "the [invoice|bill|statement] [of|for] {month} [shows|lists|says] {amount} [instead of|but it should be] {amount}",
            "[on my [invoice|statement] is|the [invoice|statement] contains] a [fee|position|charge] of {amount} that I [do not understand|cannot place|never ordered]",
            "the [discount|voucher|coupon] [was not|is not] [applied|taken off] [on|from] [the invoice|my bill]",
            "my [credit card|card|bank account] was [declined|debited twice|changed] and the [payment|direct debit] [failed|is shown as open]",
            "the [VAT|tax] number [of our company|] is [missing|wrong] on [the|our] invoice",
            "[the price|the monthly fee|what I pay] for {plan} [went up|changed|is higher] [without notice|since {month}]",
            "[I need|we need|our bookkeeping needs] [a copy of|] the [invoice|receipt] [for|of] {month} [with our new address|]",
            "why [do I|does my company] [pay|get billed] {amount} for [shipping|delivery|an account that is free|{plan}]?",
            "I [paid|transferred] {amount} {ago} and still get a [payment reminder|dunning letter]",
            "[I don't want|I am not asking for] my money back, [I only want|just] [a correct invoice|to understand the charge]"),
        Asks = Read("please [correct|check|resend] the [invoice|bill]", "[who can|can you] explain this [charge|amount|position]?", "[please|can you] change [my payment method|the billing address]", "[please|kindly] [stop|cancel] the payment reminder"),
        Hints = Read("something about the [money|amount] is not right", "the numbers [do not add up|look odd]", "I [see|saw] {amount} [on my account|in the list] [and wonder|, why]", "that was more than [expected|agreed]"),
        Names = Read("the invoice", "the [charge|payment]", "[what|how much] I pay", "the bill"),
    };

    private static TicketTopic Refund() => new("refund", 0.13, 0, [1, 4, 4, 2])
    {
        Subjects = Read("Money back", "[Return|Returning] [of|] [order {order}|my {thing}]", "[Where is|Waiting for] my money", "[Refund|Reimbursement] for {order}", "Sent it back"),
        Cues = Read(
            "[I want|I would like|we want] [my|our|the] money back [for the {thing}|]",
            "I [sent|shipped] the {thing} back {ago} and [still wait for|have not received|never got] [my money|the {amount}|the refund]",
            "please [refund|pay back|return] [the|my] {amount} [to my card|to my account|]",
            "I [returned|gave back] [it|the {thing}] within [{days} days|the trial period], [so I expect|and you promised] [the full amount|a refund] back",
            "you [refunded|paid back] only [a part|{amount}|half], [the rest|{amount}] is [still missing|open]",
            "[how|where] do I [return|send back] the {thing} [and get my money|for a refund]?",
            "the {thing} [arrived broken|was not what I ordered|is not what you advertised], [I do not want a new one|no replacement please], [I want my money|just reimburse me]",
            "[I do not need|I am not interested in] [an explanation|a repair|another invoice], [I want|only] [the money|my {amount}] back",
            "the [return label|return form] [does not print|is missing|was not in the box]",
            "[my return|the return of order {order}] was [accepted|received] {ago}, [but nothing|no money] [was credited|came] [to my card|]",
            "[a voucher|store credit] is not [enough|what I want], [I paid in cash|please send the money itself]"),
        Asks = Read("[when|how soon] will [I get|you send] [the money|my {amount}]?", "please [refund|reimburse] me", "please send [a|me a] return label", "[I expect|I want] the [full amount|money] [this week|by {month}]"),
        Hints = Read("something about the [money|amount] is not right", "I am [still|] waiting", "I want this [made good|put right]", "I am not [keeping|paying for] [that|this]"),
        Names = Read("my money", "the [return|refund]", "getting [the money|{amount}] back", "sending it back"),
    };

    private static TicketTopic Shipping() => new("shipping", 0.15, -0.2, [1, 5, 4, 2])
    {
        Subjects = Read("Where is my [parcel|order]", "[Delivery|Shipment|Parcel] [of order {order}|late|missing]", "Tracking [does not move|number]", "[Wrong|New] [delivery|] address", "Not [delivered|arrived]"),
        Cues = Read(
            "my [parcel|order|package|{thing}] [has not arrived|never arrived|is {days} days late|was never delivered]",
            "the tracking [page|number|code] [has not changed|shows nothing|is stuck] [since {ago}|for {days} days|]",
            "{carrier} [left it|put the parcel] [with a neighbour|in the rain|at the wrong door] [and it is gone|]",
            "[I moved|we moved], please [deliver|send] order {order} to [my new address|{city}] instead",
            "the [box|parcel|package] [came|arrived|was delivered] [open|damaged|half empty|with the wrong {thing}]",
            "[when|what day] will [the {thing}|order {order}] [be delivered|arrive|ship]?",
            "{carrier} says [the address is wrong|it was delivered], [but nobody rang|but I was at home|which is not true]",
            "[I ordered|we ordered] [it|the {thing}] {ago} and [it has not left|it is still in] your warehouse",
            "[do you|can you] [deliver|ship] to {city} [or to a pick-up point|by {month}|]?",
            "only [one|{small}] of the [parcels|items] [was|were] in the box, the rest is [missing|on its way, they say]",
            "I don't want [a refund|my money back], [just|only] [send|deliver] [the {thing}|what I ordered]"),
        Asks = Read("where is [it|my parcel] [now|]?", "please [send it again|check with {carrier}|ship it today]", "[when|on which day] [can I expect|do I get] it?", "please change the [delivery|] address"),
        Hints = Read("I am [still|] waiting", "nothing [came|has come] [so far|until today]", "{carrier} [told me|said] [to ask you|nothing]", "it should have been here [by now|{ago}]"),
        Names = Read("the [delivery|parcel|shipment]", "where [it|the parcel] is", "{carrier}", "the tracking"),
    };

    private static TicketTopic Login() => new("login", 0.14, -0.4, [1, 4, 4, 3])
    {
        Subjects = Read("[Cannot|Can't] [sign in|log in|get in]", "[Password|PIN] [forgotten|reset|link]", "[Account|Access] [locked|blocked]", "[Code|SMS] never arrives", "[Locked out|No access]"),
        Cues = Read(
            "I [can not|can't|cannot] [log in|sign in|get into my account] [any more|since {ago}|on my {device}|]",
            "the [password reset|reset] [mail|link] [never arrives|has expired|does not work]",
            "[it says|the page says] my [password|user name|e-mail] is [wrong|unknown], [but I did not change it|although it worked {ago}]",
            "my account is [locked|blocked|disabled] [after {small} attempts|for no reason|]",
            "the [code|SMS|second factor] [does not come|is always refused|goes to my old number]",
            "[I lost|I changed] my [phone|e-mail address] and [cannot|can't] [confirm|receive] the code",
            "[after|when] I [type|enter] my password, [it asks again|the sign-in page comes back|I see {error}]",
            "[please|] do not close my account, I [just|only] can not get [in|into it]",
            "someone [else|] [signed in|logged in] [to my account|from {city}] and [changed my password|I am locked out now]",
            "I [have|made] two accounts and [neither|only the old one] lets me [in|sign in]",
            "my [colleague|wife|son] can [log in|sign in], [but I can't|only I am refused]"),
        Asks = Read("please [unlock|reset] my [account|password]", "[how|when] do I get [in|access] again?", "please send [a new|me a] [link|code]", "please remove the [second factor|old number]"),
        Hints = Read("it does not let me [continue|do anything|in]", "I [tried|have tried] {small} times, [always the same|no luck]", "it worked {ago} and [now it doesn't|not any more]", "I am stuck [at the first page|at the start]"),
        Names = Read("[signing|logging] in", "my [password|access]", "the code", "getting into my account"),
    };

    private static TicketTopic Bug() => new("bug", 0.15, 0, [2, 4, 4, 2])
    {
        Subjects = Read("[App|Web page] crashes", "[{error}|Error message] [in the app|after the update]", "[Does not|Won't] [connect|start|sync]", "[Broken|Not working] since [the update|{ago}]", "{thing} freezes"),
        Cues = Read(
            "the app [crashes|freezes|closes itself] [when|each time] I [open|tap|change] [the settings|the map|a schedule|the billing page]",
            "since the [last|] update the {thing} [no longer|does not] [connects|syncs|turns on|reacts]",
            "I [get|see|always get] {error} [when I save|on the second page|after I log in]",
            "the [display|clock|battery level|temperature] [shows wrong values|shows nonsense|is stuck|is off by {small}]",
            "[the {thing}|it] [loses|drops] the [connection|network] every [{small} minutes|night|hour]",
            "the [schedule|alarm|timer] [goes off|runs] [twice|at the wrong time|never]",
            "[after|right after] [login|signing in] the app [shows|gives] {error} [instead of my devices|]",
            "the [button|menu|slider] [for the light|in the app|on the {device}] does nothing",
            "the [sound|picture|video] [stutters|is gone|stops] after {small} [minutes|seconds]",
            "[this is not a wish|I do not ask for anything new], it [simply|just] [does not do|stopped doing] what [the manual says|it did {ago}]",
            "[I can log in|my password is fine|signing in works], but then [everything is empty|the app hangs|nothing loads]"),
        Asks = Read("[when|is there a date when] will [this|it] be fixed?", "please [fix|repair] [this|it]", "[should I|do I have to] reset the {thing}?", "is [this|it] a known [error|problem|bug]?"),
        Hints = Read("it does not [work|do what it should]", "I [tried|have tried] {small} times, [always the same|no luck]", "it worked {ago} and [now it doesn't|not any more]", "[restarting|switching it off and on] [did not help|changes nothing]"),
        Names = Read("the [error|crash|fault]", "what the app does", "the broken {thing}", "the connection"),
    };

    private static TicketTopic FeatureRequest() => new("feature-request", 0.08, 0.6, [5, 4, 1, 0.3])
    {
        Subjects = Read("[Idea|Suggestion|Wish] [for the app|]", "Please add [dark mode|an export|a widget]", "[Missing|Would like] [an option|a setting|a function]", "[Could you|Any plan to] support [tablets|other brands]"),
        Cues = Read(
            "it would be [great|nice|useful] [to have|if there was|if you added] [a dark mode|an export to a table|a widget|a vacation setting|more colours]",
            "[could|can] you [please|] add [support for|an option for] [other brands|two users|a second language|older phones]?",
            "[I miss|what is missing is] [a way|a button|a function] to [share the {thing} with my family|sort my devices|undo a change|see the history]",
            "[my suggestion|my idea|a wish]: [let us|allow users to] [choose the font|group the devices|pause everything at once|sign in with a fingerprint]",
            "[other|competing] [apps|shops|products] [already|] [have|offer] [this|a calendar view|invoices by mail|a login with one tap], [you should too|please think about it]",
            "nothing is broken, [but|I just think] [it could be|the app would be] [faster with a shortcut|better with bigger buttons|easier with a search]",
            "[are there plans|do you plan] to [build|offer|add] [a version for the television|an open interface|a night mode]?",
            "this is not an error, [I would just|only I would] [like to change|prefer to choose] [the tone|the order of the list|the start page]",
            "please [make|let] the [list|schedule|report] [be sortable|repeat every second week|include the costs]"),
        Asks = Read("please [pass this on|think about it|consider it]", "[would|could] that be possible [in a future version|]?", "is [that|this] [planned|on your list]?", "[many|other] users would [like|love] it [too|]"),
        Hints = Read("[it|that] could be [better|easier]", "I [hoped|expected] to find it in the [menu|settings]", "[is there|I find] no way to do [it|that]", "maybe in the next version"),
        Names = Read("an idea", "something new", "a [wish|suggestion]", "what could be added"),
    };

    private static TicketTopic AccountClosure() => new("account-closure", 0.06, 0.3, [2, 5, 2, 1])
    {
        Subjects = Read("[Close|Delete|Remove] [my|our] [account|profile|data]", "[Cancel|End] [{plan}|the contract|my membership]", "[Leaving|Goodbye]", "[Cancellation|Termination]"),
        Cues = Read(
            "[please|I want you to] [close|delete|remove] [my|our] [account|profile] [and all data|for good|]",
            "I [want|would like|wish] to [cancel|end|terminate] {plan} [at the end of {month}|now|]",
            "[I no longer use|we sold|I gave away] the {thing} and do not need [the account|{plan}] [any more|]",
            "[I hereby|we hereby] [cancel|terminate] [the contract|the membership|{plan}]",
            "I can [sign in|log in] [fine|], but I [do not find|cannot find] [how|where] to [delete my profile|end {plan}]",
            "[delete|erase] [everything|all data] you [have|store] about [me|us] [under the privacy law|]",
            "I do not want [a discount|a pause|a cheaper plan], I want [to leave|out|it cancelled]",
            "I [cancelled|closed my account] {ago}, [but|and] [it is still active|I still get mail|you still charge me]",
            "my [father|mother|aunt] [passed away|moved to a home], please [end her contract|close the account]"),
        Asks = Read("please confirm [the end|that it is closed|the cancellation]", "[when|on what day] does it end?", "please [delete|remove] [everything|my data]", "[what|which form] do you need from me [for that|]?"),
        Hints = Read("I do not need [it|this] [any more|]", "that was it [for me|with us]", "[please|] [stop|take me off] [the|all] mails", "I have had enough"),
        Names = Read("[closing|deleting] [the|my] account", "the [cancellation|contract]", "leaving", "my data"),
    };

    private static TicketTopic ProductQuestion() => new("product-question", 0.07, 0.2, [4, 5, 1, 0.5])
    {
        Subjects = Read("[How do I|How to] [set up|change|use] [the {thing}|it]", "[Which|What] [cable|size|battery]", "[Works|Compatible] with [my|a] {device}", "[Manual|Instructions]", "Before I [buy|order]"),
        Cues = Read(
            "[how|where] [do I|can I] [change|set] the [language|temperature|time zone|password in the app]?",
            "[does|will] the {thing} work with [my|a] {device} [or only with yours|]?",
            "[which|what] [battery|cable|bulb|filter] [does it need|fits the {thing}|do I have to buy]?",
            "[before I order|I think about buying one]: [is it|is the {thing}] [waterproof|loud|fit for children|usable outdoors]",
            "[what is|can you explain] the difference between [the two models|the basic plan and the premium plan|the old and the new {thing}]?",
            "[how long|how many hours] does the [battery|warranty|charge] last?",
            "[is there|where do I find] a [manual|guide|video] [for the first steps|in my language|]?",
            "[nothing is broken|everything works], I [only|just] do not know how to [connect a second {thing}|read the display|set a timer]",
            "can I [mount|put] the {thing} [on the wall|in the bathroom|near a window]?"),
        Asks = Read("[how|in which order] do I do [that|it]?", "[a link|one sentence] [is enough|would help]", "[can|could] you explain [it|that]?", "[where|on which page] is that written?"),
        Hints = Read("I am not sure [how|whether] it [works|fits]", "I [hoped|expected] to find it in the [menu|settings]", "the [manual|box] does not say", "I would like to know [more|before I buy]"),
        Names = Read("how [it|the {thing}] works", "a question before I buy", "the manual", "the settings"),
    };

    private static TicketTopic Other() => new("other", 0.03, 0, [4, 5, 1, 0.5])
    {
        Subjects = Read("[Job|Internship|Application]", "[Press|Interview|Partnership]", "[Thank you|Praise|Well done]", "[Wrong|Not for me]", "[School project|Visit|Opening hours]"),
        Cues = Read(
            "[I would like|my daughter wants] to apply for [a job|an internship|a place] [in {city}|in your team]",
            "I [write|am writing] [for|an article for] [a magazine|the paper in {city}] and [would like an interview|have some questions]",
            "[I just want to say thank you|many thanks|big praise] to [your team|the friendly man on the phone|the shop in {city}]",
            "[I got|I received] [a mail|a letter] [that is not for me|for somebody else], [I never ordered anything|I have no account]",
            "our [company|agency|club] [offers|proposes] [a partnership|advertising space|a sponsorship]",
            "what are the opening hours [of your shop|] in {city}?",
            "[my class|our school] would like to [visit you|see how a {thing} is made]",
            "I [found|have found] [a wallet|keys] in your shop in {city}"),
        Asks = Read("[whom|who] [do I|should I] [contact|ask]?", "please forward this [to the right person|]", "[no answer needed|have a nice day]", "[may|can] I call [you|someone]?"),
        Hints = Read("I am not [even|] a customer", "[perhaps|maybe] this is the wrong address", "I did not know whom to [ask|write]", "this is [only|just] a short note"),
        Names = Read("something else", "the shop in {city}", "[your team|the staff]", "a general matter"),
    };
}
