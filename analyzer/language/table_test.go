package language

// Short lines as customers type them, with the language that must come out. One
// line a case: language, text.
const table = `
en|ok thanks
en|thanks
en|where is my order
en|still waiting
en|any update?
en|refund please
en|hello??
en|hi there
en|cancel my account
en|not working
en|doesnt work
en|I want a refund
en|this is ridiculous
en|great service!
en|how do i reset my password
en|never again
en|WHERE IS MY PARCEL
en|money back now
en|thank u so much
en|can someone call me
en|order 55120938 never arrived
en|that worked, cheers
en|worst company ever
en|can't log in
en|please advise
en|Kind regards, Tomasz Wrona
en|invoice missing
en|what a joke
en|is it in stock?
en|I've been charged twice by DPD
en|Your app keeps crashing on my Samsung Galaxy S21
en|size 38 please
en|my card was declined
en|when will it ship
en|good morning
en|lovely staff
en|no reply
en|so slow
en|fix this now
en|who do i speak to about billing
en|error 500 when saving
en|Allegro order not delivered
en|InPost lost my parcel
en|wrong colour
en|@support help me
en|https://shop.example/paczka does not open
en|appreciate it
en|are you open on bank holidays
en|brilliant, sorted
en|still nothing
pl|gdzie paczka
pl|nie dziala
pl|nie działa
pl|dziękuję
pl|dzieki
pl|dzień dobry
pl|gdzie jest moja paczka
pl|GDZIE JEST MOJA PACZKA
pl|halo
pl|proszę o kontakt
pl|prosze o zwrot pieniedzy
pl|kiedy dostanę zwrot
pl|czekam dwa tygodnie
pl|masakra
pl|żenada
pl|ile można czekać
pl|co z moim zamówieniem
pl|zamowienie 55120938 nie doszlo
pl|rezygnuję
pl|super obsługa
pl|polecam
pl|swietny kontakt, polecam
pl|nie mogę się zalogować
pl|nie moge sie zalogowac
pl|brak odpowiedzi
pl|nikt nie odbiera
pl|faktura
pl|Witam, proszę o fakturę za maj
pl|reklamacja
pl|zepsute
pl|wszystko ok
pl|ok dziękuję
pl|ok dzieki
pl|jestem bardzo zadowolona
pl|Czy rozmiar M jest dostępny?
pl|zrobiłem update aplikacji i mam error
pl|tracking nie pokazuje statusu
pl|apka sie wiesza po update
pl|mam problem z loginem do Facebook Ads
pl|mail z linkiem nie przyszedł
pl|Państwa support nie odpisuje
pl|dostałam zły rozmiar
pl|oddajcie kase
pl|a kiedy bedzie kurier
pl|to jakis zart
pl|szkoda slow
pl|poprosze numer konta
pl|jak zmienic haslo
pl|Pozdrawiam, John Smith
pl|Amazon Prime nie dziala
pl|"no items found" pokazuje strona
pl|ile kosztuje wysyłka
pl|do kiedy promocja
pl|odpiszcie wreszcie
pl|brawo wy
mixed|Hej, refund?
mixed|Dzień dobry, my order has not arrived, proszę o pomoc
mixed|Nie działa mi login, please help, I need it today
mixed|Hello, gdzie jest moja paczka? I am waiting for two weeks
mixed|Cześć, I would like to return these shoes, bo są za małe
mixed|Thank you very much, bardzo dziękuję za pomoc
mixed|Proszę o zwrot. Please refund my money as soon as possible. Czekam już tydzień
mixed|sorry my polish is bad, chce zwrot za buty, thank you
de|Wo ist mein Paket?
de|Ich warte seit zwei Wochen auf meine Bestellung
de|Vielen Dank für die schnelle Antwort
de|Guten Tag, ich habe eine Rechnung doppelt erhalten
de|Das Gerät funktioniert nicht
de|koennen Sie mir bitte helfen
de|Ich moechte mein Geld zurueck
cs|Dobrý den, kde je moje objednávka?
cs|Nefunguje mi přihlášení
cs|Děkuji za rychlou odpověď
cs|Chci vrátit zboží a peníze
cs|dobry den, kde je moje objednavka
cs|zasilka jeste neprisla, prosim o informaci
cs|Děkuji za rychlou pomoc
cs|To je ostuda, už nikdy u vás nenakoupím
sk|Dobrý deň, kde je moja objednávka?
sk|Ďakujem za rýchlu odpoveď
sk|Chcem vrátiť tovar, prosím
sk|tovar este neprisiel, prosim o informaciu, dakujem
uk|Добрий день, де моя посилка?
uk|Дякую за допомогу
uk|Я чекаю вже два тижні
uk|Коли буде повернення грошей?
ru|Здравствуйте, где мой заказ?
ru|Спасибо большое
ru|Я жду уже две недели
ru|Верните деньги
fr|Où est mon colis ?
fr|Bonjour, je n'ai pas reçu ma commande
fr|Merci beaucoup pour votre aide
fr|Je voudrais un remboursement
fr|ou est ma commande svp
es|¿Dónde está mi pedido?
es|Hola, no he recibido el paquete
es|Muchas gracias por la ayuda
es|Quiero un reembolso de mi dinero
es|todavia no llega mi pedido
it|Dov'è il mio pacco?
it|Buongiorno, non ho ricevuto l'ordine
it|Grazie mille per il servizio
it|Vorrei un rimborso
lt|Laba diena, kur mano siunta?
lt|Ačiū už pagalbą
lt|Negavau užsakymo
lt|Kada grąžinsite pinigus?
pt|Olá, onde está minha encomenda?
pt|Muito obrigado pela ajuda
nl|Waar is mijn pakket?
nl|Ik heb nog steeds geen antwoord
hu|Jó napot, hol van a csomagom?
hu|Köszönöm a segítséget
ro|Bună ziua, unde este comanda mea?
ro|Mulțumesc pentru ajutor
sv|Var är mitt paket?
sv|Jag har inte fått min beställning
da|Hvor er min pakke? Jeg har ikke fået den
tr|Siparişim nerede?
tr|Merhaba, kargo hala gelmedi
bg|Здравейте, къде е моята пратка?
el|Πού είναι η παραγγελία μου;
he|איפה ההזמנה שלי
ar|أين طلبي
ja|注文はどこですか
ko|주문은 어디에 있나요
zh|我的订单在哪里
th|พัสดุของฉันอยู่ที่ไหน
und|
und|?
und|!!!
und|12345
und|:)
und|👍
und|55120938
und|https://shop.example/gdzie-jest-paczka
und|jan.kowalski@poczta.example
und|#4401
und|ok
`
